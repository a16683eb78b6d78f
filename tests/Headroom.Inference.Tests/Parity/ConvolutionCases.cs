using Headroom.Graph;
using Headroom.Graph.Operators;
using static Headroom.Inference.Tests.Parity.Case;

namespace Headroom.Inference.Tests.Parity;

internal sealed class ConvolutionCases : CaseFamily
{
    public override IEnumerable<Case> All =>
    [
        Of("Conv depthwise dilated", b => b.Add(new Conv { Groups = 4, Dilations = [2, 2], Pads = [2, 1, 2, 2] }, b.F(2, 4, 9, 8), b.W(4, 1, 3, 3), b.W(4))),
        Of("Conv same lower", b => b.Add(new Conv { AutoPad = AutoPad.SameLower, Strides = [2, 1] }, b.F(1, 3, 8, 7), b.W(4, 3, 4, 2))),
        Of("Conv valid", b => b.Add(new Conv { AutoPad = AutoPad.Valid, Strides = [2] }, b.F(2, 3, 10), b.W(4, 3, 3))),
        Of("Conv three axes padded", b => b.Add(new Conv { Pads = [1, 0, 1, 0, 1, 2], Strides = [1, 2, 1] }, b.F(1, 2, 4, 5, 3), b.W(4, 2, 2, 3, 2), b.W(4))),
        Of("ConvTranspose plain", b => b.Add(new ConvTranspose(), b.F(2, 3, 5, 4), b.W(3, 4, 3, 3), b.W(4))),
        Of("ConvTranspose strided", b => b.Add(new ConvTranspose { Strides = [3, 2], Pads = [1, 2, 1, 2] }, b.F(2, 3, 5, 4), b.W(3, 4, 3, 3))),
        Of("ConvTranspose output padding", b => b.Add(new ConvTranspose { Strides = [3, 2], OutputPadding = [2, 1], Pads = [1, 1, 1, 1] }, b.F(2, 3, 5, 4), b.W(3, 4, 3, 3), b.W(4))),
        Of("ConvTranspose uneven pads", b => b.Add(new ConvTranspose { Strides = [2, 2], Pads = [0, 2, 1, 0] }, b.F(1, 3, 5, 4), b.W(3, 2, 3, 4), b.W(2))),
        Of("ConvTranspose output shape", b => b.Add(new ConvTranspose { Strides = [3, 2], OutputShape = [10, 8] }, b.F(1, 1, 3, 3), b.W(1, 2, 3, 3), b.W(2))),
        Of("ConvTranspose output shape cut", b => b.Add(new ConvTranspose { Strides = [3, 2], OutputShape = [8, 6], AutoPad = AutoPad.SameUpper }, b.F(1, 1, 3, 3), b.W(1, 2, 4, 4))),
        Of("ConvTranspose same upper", b => b.Add(new ConvTranspose { Strides = [2, 2], AutoPad = AutoPad.SameUpper }, b.F(2, 2, 3, 4), b.W(2, 3, 3, 3), b.W(3))),
        Of("ConvTranspose same lower", b => b.Add(new ConvTranspose { Strides = [2, 2], AutoPad = AutoPad.SameLower }, b.F(2, 2, 3, 4), b.W(2, 3, 3, 3), b.W(3))),
        Of("ConvTranspose grouped dilated", b => b.Add(new ConvTranspose { Groups = 2, Dilations = [2, 1], Strides = [1, 2] }, b.F(2, 4, 3, 4), b.W(4, 3, 2, 3), b.W(6))),
        Of("ConvTranspose one axis", b => b.Add(new ConvTranspose { Strides = [2], Pads = [1, 0] }, b.F(2, 3, 6), b.W(3, 2, 3), b.W(2))),
        Of("ConvTranspose three axes", b => b.Add(new ConvTranspose { Strides = [2, 1, 2], Pads = [0, 1, 1, 0, 1, 1] }, b.F(1, 2, 3, 4, 2), b.W(2, 3, 2, 3, 3))),
        Of("MaxPool three axes dilated", b => b.Add(new MaxPool { KernelShape = [2, 2, 3], Dilations = [2, 1, 1], Strides = [1, 2, 1], Pads = [0, 1, 1, 0, 0, 1] }, b.F(1, 2, 5, 5, 4))),
        Of("MaxPool one axis", b => b.Add(new MaxPool { KernelShape = [3], Strides = [2], AutoPad = AutoPad.SameLower }, b.F(2, 3, 10))),
        new("MaxPool indices", b => b.AddMany(new MaxPool { KernelShape = [3, 2], Strides = [2, 2], Pads = [1, 0, 1, 1] }, 2, b.F(2, 3, 6, 7))),
        new("MaxPool indices by columns", b => b.AddMany(new MaxPool { KernelShape = [2, 2], Strides = [2, 2], ColumnMajor = true }, 2, b.F(2, 3, 6, 7))),
        new("MaxPool indices three axes by columns", b => b.AddMany(new MaxPool { KernelShape = [2, 2, 2], ColumnMajor = true }, 2, b.F(1, 2, 3, 4, 5))),
        Of("MaxPool uint8", b => b.Add(new MaxPool { KernelShape = [3, 3], Pads = [1, 1, 1, 1] }, b.Add(new Cast { To = ElementType.UInt8 }, b.I32(0, 255, 1, 2, 5, 6)))),
        Of("MaxPool int8", b => b.Add(new MaxPool { KernelShape = [3, 3], Pads = [1, 1, 1, 1] }, b.Add(new Cast { To = ElementType.Int8 }, b.I32(-128, 127, 1, 2, 5, 6)))),
        Of("AveragePool one axis ceil", b => b.Add(new AveragePool { KernelShape = [3], Strides = [2], CeilMode = true }, b.F(2, 3, 8))),
        Of("AveragePool three axes", b => b.Add(new AveragePool { KernelShape = [2, 2, 3], Strides = [2, 1, 2], Pads = [0, 1, 1, 0, 0, 1] }, b.F(1, 2, 5, 4, 5))),
        Of("AveragePool dilated", b => b.Add(new AveragePool { KernelShape = [2, 3], Dilations = [2, 1], Pads = [1, 1, 0, 1] }, b.F(1, 2, 5, 7)), 19),
        Of("AveragePool same upper", b => b.Add(new AveragePool { KernelShape = [3, 2], Strides = [2, 1], AutoPad = AutoPad.SameUpper }, b.F(1, 2, 5, 7))),
        Of("GlobalMaxPool", b => b.Add(new GlobalMaxPool(), b.F(2, 3, 5, 7))),
        Of("GlobalMaxPool one axis", b => b.Add(new GlobalMaxPool(), b.F(2, 3, 5))),
        Of("GlobalAveragePool three axes", b => b.Add(new GlobalAveragePool(), b.F(2, 3, 5, 2, 3))),
    ];
}
