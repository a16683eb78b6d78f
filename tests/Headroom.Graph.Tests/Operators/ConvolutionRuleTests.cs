using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;
using static Headroom.Graph.Tests.Operators.Typed;

namespace Headroom.Graph.Tests.Operators;

public class ConvolutionRuleTests
{
    [Fact]
    public void Windows_are_counted_as_ONNX_counts_them()
    {
        Assert.Equal(F(2, 8, 16, 16), Infer(new Conv { Pads = [1, 1, 1, 1], Strides = [2, 2] }, F(2, 3, 32, 32), F(8, 3, 3, 3))[0]);
        Assert.Equal(F(1, 8, 3), Infer(new Conv { Dilations = [3] }, F(1, 3, 9), F(8, 3, 3))[0]);
        Assert.Equal(F(1, 4, 4, 4), Infer(new Conv { AutoPad = AutoPad.SameUpper, Strides = [2, 2], Groups = 2 }, F(1, 2, 7, 8), F(4, 1, 3, 3))[0]);
        Assert.Equal(F(1, 1, 3, 2), Infer(new MaxPool { KernelShape = [2, 2], Strides = [2, 2], CeilMode = true }, F(1, 1, 5, 4))[0]);
        // The last window would begin in the padding behind: there is none.
        Assert.Equal(F(1, 1, 2), Infer(new MaxPool { KernelShape = [2], Strides = [2], Pads = [0, 1], CeilMode = true }, F(1, 1, 4))[0]);
        Assert.Equal(I(1, 1, 2, 2), Infer(new MaxPool { KernelShape = [2, 2], Strides = [2, 2] }, 2, F(1, 1, 4, 4))[1]);
        Assert.Equal(F(2, 3, 1, 1), Infer(new GlobalAveragePool(), F(2, 3, 7, 5))[0]);
    }

    [Fact]
    public void Transposed_windows_are_counted_as_ONNX_counts_them()
    {
        Assert.Equal(F(1, 2, 5, 5), Infer(new ConvTranspose(), F(1, 1, 3, 3), F(1, 2, 3, 3))[0]);
        Assert.Equal(F(1, 2, 7, 3), Infer(new ConvTranspose { Strides = [3, 2], Pads = [1, 2, 1, 2] }, F(1, 1, 3, 3), F(1, 2, 3, 3))[0]);
        Assert.Equal(F(1, 2, 10, 8), Infer(new ConvTranspose { Strides = [3, 2], OutputPadding = [1, 1] }, F(1, 1, 3, 3), F(1, 2, 3, 3))[0]);
        Assert.Equal(F(1, 2, 10, 8), Infer(new ConvTranspose { Strides = [3, 2], OutputShape = [1, 2, 10, 8] }, F(1, 1, 3, 3), F(1, 2, 3, 3))[0]);
        Assert.Equal(F(1, 4, 6, 6), Infer(new ConvTranspose { Strides = [2, 2], AutoPad = AutoPad.SameUpper, Groups = 2 }, F(1, 2, 3, 3), F(2, 2, 3, 3))[0]);
        Assert.Equal(F(1, 1, 5, 5), Infer(new ConvTranspose { Dilations = [2, 2] }, F(1, 1, 3, 3), F(1, 1, 2, 2))[0]);
        Refuses(new ConvTranspose(), [F(1, 4, 8, 8), F(3, 8, 3, 3)], "reads 3 channels", "has 4");
        Refuses(new ConvTranspose { Groups = 3 }, [F(1, 4, 8, 8), F(4, 8, 3, 3)], "3 groups");
        Refuses(new ConvTranspose(), [F(1, 4, 8), F(4, 2, 3), F(7)], "the bias is [7]", "[2]");
        Refuses(new ConvTranspose { OutputPadding = [1] }, [F(1, 4, 8, 8), F(4, 8, 3, 3)], "output_padding has 1");
    }

    [Fact]
    public void Clashes_are_refused_with_their_values()
    {
        Refuses(new Conv(), [F(1, 4, 8, 8), F(8, 3, 3, 3)], "[8, 3, 3, 3]", "reads 3 channels", "has 4");
        Refuses(new Conv { Groups = 3 }, [F(1, 4, 8, 8), F(6, 1, 3, 3)], "3 groups");
        Refuses(new Conv(), [F(1, 3, 8, 8), F(8, 3, 3, 3), F(7)], "the bias is [7]", "[8]");
        Refuses(new Conv(), [F(1, 3, 2, 8), F(8, 3, 3, 3)], "reaches over 3 elements", "has 2");
        Refuses(new Conv { Strides = [0, 1] }, [F(1, 3, 8, 8), F(8, 3, 3, 3)], "strides [0, 1]");
        Refuses(new Conv { Pads = [1, 1] }, [F(1, 3, 8, 8), F(8, 3, 3, 3)], "pads has 2 entries, 4");
        Refuses(new Conv { Pads = [-1, 0, 0, 0] }, [F(1, 3, 8, 8), F(8, 3, 3, 3)], "negative");
        Refuses(new Conv { AutoPad = AutoPad.SameUpper, Pads = [1, 1, 1, 1] }, [F(1, 3, 8, 8), F(8, 3, 3, 3)], "contradict");
        Refuses(new Conv(), [I(1, 3, 8, 8), I(8, 3, 3, 3)], "int64", "cast");
        Refuses(new Conv(), [F(3, 8), F(8, 3)], "one to three spatial axes");
        Refuses(new Conv { KernelShape = [5, 5] }, [F(1, 3, 8, 8), F(8, 3, 3, 3)], "kernel_shape [5, 5]");
        Refuses(new MaxPool { KernelShape = [2], Pads = [2, 0] }, [F(1, 1, 8)], "padding 2 + 0", "reach of 2");
        Refuses(new MaxPool { KernelShape = [2, 2] }, [F(1, 1, 8)], "has 2 axes");
        Refuses(new AveragePool { KernelShape = [2] }, [I(1, 1, 8)], "int64");
    }

    [Fact]
    public void Absurd_attributes_overflow_into_a_refusal()
        => Assert.Throws<GraphException>(() => Infer(new Conv { Dilations = [long.MaxValue, long.MaxValue], Pads = [long.MaxValue, 0, long.MaxValue, 0] }, F(1, 3, 8, 8), F(8, 3, 3, 3)));

    [Fact]
    public void A_convolution_costs_two_operations_for_each_weight_and_place()
    {
        var b = new TypedBuilder("cost");
        b.Add(new Conv { Pads = [1, 1, 1, 1] }, b.Input(new("x"), F(2, 16, 8, 8)), b.Input(new("w"), F(32, 16, 3, 3)));
        Assert.Equal(2.0 * 2 * 32 * 64 * 16 * 9, b.Nodes[0].Operator.Cost(b.Signature(b.Nodes[0])).Flops);
    }

    [Fact]
    public void Attributes_survive_writing_and_reading()
    {
        var a = new OnnxAttributes(21);
        new Conv { Strides = [2, 1], Dilations = [1, 2], AutoPad = AutoPad.SameLower, Groups = 4, KernelShape = [3, 3] }.Write(a);
        var op = (Conv)Conv.Read(a);
        Assert.Equal([2, 1], op.Strides);
        Assert.Equal([1, 2], op.Dilations);
        Assert.Equal([3, 3], op.KernelShape);
        Assert.Equal((AutoPad.SameLower, 4L), (op.AutoPad, op.Groups));
        a.Set("auto_pad", "AROUND");
        Assert.Contains("AROUND", Assert.Throws<GraphException>(() => Conv.Read(a)).Message, StringComparison.Ordinal);
    }
}
