using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;
using ActivationForm = Headroom.Graph.Operators.ActivationForm;

namespace Headroom.Bench.FlatStep;

/// <summary>The peers' <c>gpt</c>: pre-norm decoder, 6 layers, width 384, 6 heads, 256 positions, vocabulary 8192, AdamW. One step as a flat list of calls.</summary>
/// <remarks>
/// What is not kept from forward to backward: the norms' outputs (made again from the stream and its statistics), gelu's output (its gradient kernel has Φ at hand and writes it),
/// and the attention weights (made again by one product and the softmax), unless <c>keepWeights</c>.
/// </remarks>
internal sealed unsafe class Gpt : IWorkload
{
    const int Layers = 6, Width = 384, HeadCount = 6, HeadWidth = Width / HeadCount, Seq = 256, Vocabulary = 8192, Inner = 4 * Width;
    static readonly float Scale = 1 / MathF.Sqrt(HeadWidth);
    static readonly AdamWSettings Settings = new(3e-4, 0.9, 0.95, 0.1);

    readonly ScalarType type;
    readonly bool keepWeights;
    readonly long batch, rows;
    readonly Shims shims = Shims.For(Device.Cpu);
    readonly Parameter token, position, head;
    readonly Norm finalNorm;
    readonly Layer[] layers;
    readonly long[] ids, targets;
    readonly float[] losses;
    long step;

    sealed record Norm(Parameter Gamma, Parameter Beta);

    sealed class Layer
    {
        public required Norm Norm1, Norm2;
        public required Parameter Qkv, QkvBias, Proj, ProjBias, Up, UpBias, Down, DownBias;

        // Alive between forward and backward.
        public Buffer? Stream1, Stream2, Statistics1, Statistics2, Split, Weights, Attended, UpOutput;
    }

    public Gpt(ScalarType type, int batch, bool keepWeights)
    {
        this.type = type;
        this.batch = batch;
        this.keepWeights = keepWeights;
        rows = batch * Seq;
        var init = new Init(1);
        Parameter Vector(Func<float> value, long n) => new(ScalarType.Float32, 2, value, n);
        Parameter Matrix(long outputs, long inputs) => new(type, 2, init.Fan(inputs), outputs, inputs);
        Norm NewNorm() => new(Vector(Init.One, Width), Vector(Init.Zero, Width));
        token = new Parameter(ScalarType.Float32, 2, init.Normal, Vocabulary, Width);
        position = new Parameter(ScalarType.Float32, 2, init.Normal, Seq, Width);
        layers = [.. Enumerable.Range(0, Layers).Select(_ => new Layer
        {
            Norm1 = NewNorm(), Norm2 = NewNorm(),
            Qkv = Matrix(3 * Width, Width), QkvBias = Vector(init.Fan(Width), 3 * Width),
            Proj = Matrix(Width, Width), ProjBias = Vector(init.Fan(Width), Width),
            Up = Matrix(Inner, Width), UpBias = Vector(init.Fan(Width), Inner),
            Down = Matrix(Width, Inner), DownBias = Vector(init.Fan(Inner), Width),
        })];
        finalNorm = NewNorm();
        head = Matrix(Vocabulary, Width);
        ids = GC.AllocateArray<long>((int)rows, pinned: true);
        targets = GC.AllocateArray<long>((int)rows, pinned: true);
        losses = GC.AllocateArray<float>((int)rows, pinned: true);
        for (int i = 0; i < rows; i++) (ids[i], targets[i]) = (init.Below(Vocabulary), init.Below(Vocabulary));
    }

    public double Step()
    {
        step++;
        Profile.Mark("between steps");
        fixed (long* tokens = ids, labels = targets)
        fixed (float* rowLosses = losses)
        {
            Buffer stream = new(ScalarType.Float32, rows, Width);
            Embedding.Forward(token.Master, tokens, position.Master, Seq, stream.Data, ScalarType.Float32, rows, Width);
            Profile.Mark("embedding");
            Buffer? branch = null;
            Parameter? branchBias = null;
            foreach (Layer layer in layers) (stream, branch, branchBias) = Forward(layer, stream, branch, branchBias);

            (Buffer top, Buffer normal, Buffer statistics) = Normalize(finalNorm, stream, branch, branchBias);
            Buffer logits = new(type, rows, Vocabulary);
            shims.MmOut(logits.Tensor, normal.Tensor, head.Transposed);
            Profile.Mark("product: head");
            CrossEntropy.ForwardBackward(logits.Data, type, labels, rowLosses, rows, Vocabulary, 1f / rows);
            Profile.Mark("cross-entropy");

            Buffer gradient = new(type, rows, Width);
            shims.MmOut(gradient.Tensor, logits.Tensor, head.Weight);
            Profile.Mark("product: head, input gradient");
            Update(head, logits, normal);
            logits.Dispose();
            normal.Dispose();

            Buffer streamGradient = type == ScalarType.Float32 ? gradient : new(ScalarType.Float32, rows, Width);
            NormBackward(finalNorm, gradient, top, streamGradient, statistics, layers[^1].DownBias, accumulate: false);
            for (int i = Layers - 1; i >= 0; i--)
                gradient = Backward(layers[i], gradient, streamGradient, i > 0 ? layers[i - 1].DownBias : null);

            EmbeddingUpdate(token, streamGradient, tokens);
            EmbeddingUpdate(position, streamGradient, null);
            if (gradient != streamGradient) gradient.Dispose();
            streamGradient.Dispose();
        }
        double sum = 0;
        foreach (float loss in losses) sum += loss;
        return sum / rows;
    }

    // stream + branch + bias, and its norm, in one visit; the norm takes the branch's place.
    (Buffer Sum, Buffer Normal, Buffer Statistics) Normalize(Norm norm, Buffer stream, Buffer? branch, Parameter? bias)
    {
        Buffer sum = branch is null ? stream : new(ScalarType.Float32, rows, Width), statistics = new(ScalarType.Float32, 2, rows), normal = branch ?? new(type, rows, Width);
        LayerNorm.Forward(stream.Data, ScalarType.Float32, branch is null ? null : branch.Data, bias is null ? null : bias.Master, normal.Data, type,
            norm.Gamma.Master, norm.Beta.Master, statistics.Floats, statistics.Floats + rows, rows, Width, 1e-5f, sum.Data);
        Profile.Mark("layer norm");
        return (sum, normal, statistics);
    }

    (Buffer Stream, Buffer Branch, Parameter Bias) Forward(Layer layer, Buffer stream, Buffer? branch, Parameter? branchBias)
    {
        (layer.Stream1, Buffer normal, layer.Statistics1) = Normalize(layer.Norm1, stream, branch, branchBias);
        Buffer packed = new(type, rows, 3 * Width);
        shims.MmOut(packed.Tensor, normal.Tensor, layer.Qkv.Transposed);
        Profile.Mark("product: qkv");
        normal.Dispose();
        layer.Split = new(type, 3, batch * HeadCount, Seq, HeadWidth);
        Heads.Split(packed.Data, layer.QkvBias.Master, layer.Split.Data, type, batch, Seq, 3, HeadCount, HeadWidth);
        Profile.Mark("split heads");
        packed.Dispose();

        Buffer weights = AttentionWeights(layer.Split), output = new(type, batch * HeadCount, Seq, HeadWidth);
        using (Tensor value = Part(layer.Split, 2)) shims.BmmOut(output.Tensor, weights.Tensor, value);
        Profile.Mark("batched product");
        if (keepWeights) layer.Weights = weights;
        else weights.Dispose();
        layer.Attended = new(type, rows, Width);
        Heads.Merge(output.Data, layer.Attended.Data, null, type, batch, Seq, 1, HeadCount, HeadWidth);
        Profile.Mark("merge heads");
        output.Dispose();
        Buffer projected = new(type, rows, Width);
        shims.MmOut(projected.Tensor, layer.Attended.Tensor, layer.Proj.Transposed);
        Profile.Mark("product: projection");

        (layer.Stream2, normal, layer.Statistics2) = Normalize(layer.Norm2, layer.Stream1, projected, layer.ProjBias);
        layer.UpOutput = new(type, rows, Inner);
        shims.MmOut(layer.UpOutput.Tensor, normal.Tensor, layer.Up.Transposed);
        Profile.Mark("product: up");
        normal.Dispose();
        Buffer active = new(type, rows, Inner);
        BiasActivation.Forward(ActivationForm.Gelu, layer.UpOutput.Data, layer.UpBias.Master, layer.UpOutput.Data, active.Data, type, rows, Inner);
        Profile.Mark("gelu");
        Buffer down = new(type, rows, Width);
        shims.MmOut(down.Tensor, active.Tensor, layer.Down.Transposed);
        Profile.Mark("product: down");
        active.Dispose();
        return (layer.Stream2, down, layer.DownBias);
    }

    Buffer Backward(Layer layer, Buffer gradient, Buffer streamGradient, Parameter? biasBelow)
    {
        bool separate = gradient != streamGradient;
        Buffer inner = new(type, rows, Inner);
        shims.MmOut(inner.Tensor, gradient.Tensor, layer.Down.Weight);
        Profile.Mark("product: down, input gradient");
        using (Buffer bias = new(ScalarType.Float32, Inner))
        {
            BiasActivation.Backward(ActivationForm.Gelu, layer.UpOutput!.Data, inner.Data, inner.Data, type, bias.Floats, rows, Inner, again: layer.UpOutput.Data);
            Profile.Mark("gelu gradient");
            layer.UpBias.AdamW(bias.Data, ScalarType.Float32, step, Settings);
            Profile.Mark("AdamW");
        }
        Update(layer.Down, gradient, layer.UpOutput);
        layer.UpOutput.Dispose();
        if (separate) gradient.Dispose();
        Buffer normal = Again(layer.Norm2, layer.Stream2!, layer.Statistics2!);
        Buffer below = new(type, rows, Width);
        shims.MmOut(below.Tensor, inner.Tensor, layer.Up.Weight);
        Profile.Mark("product: up, input gradient");
        Update(layer.Up, inner, normal);
        normal.Dispose();
        inner.Dispose();
        NormBackward(layer.Norm2, below, layer.Stream2!, streamGradient, layer.Statistics2!, layer.ProjBias, accumulate: true);
        gradient = Source(ref below, streamGradient);

        Buffer attended = new(type, rows, Width);
        shims.MmOut(attended.Tensor, gradient.Tensor, layer.Proj.Weight);
        Profile.Mark("product: projection, input gradient");
        Update(layer.Proj, gradient, layer.Attended!);
        layer.Attended!.Dispose();
        if (separate) gradient.Dispose();
        Buffer packed = AttentionBackward(layer, attended);

        normal = Again(layer.Norm1, layer.Stream1!, layer.Statistics1!);
        below = new(type, rows, Width);
        shims.MmOut(below.Tensor, packed.Tensor, layer.Qkv.Weight);
        Profile.Mark("product: qkv, input gradient");
        Update(layer.Qkv, packed, normal);
        normal.Dispose();
        packed.Dispose();
        NormBackward(layer.Norm1, below, layer.Stream1!, streamGradient, layer.Statistics1!, biasBelow, accumulate: true);
        return Source(ref below, streamGradient);
    }

    // In fp32 the stream's gradient itself feeds the products; in bf16 the norm's backward pass wrote a copy over its own input.
    Buffer Source(ref Buffer below, Buffer streamGradient)
    {
        if (type != ScalarType.Float32) return below;
        below.Dispose();
        return streamGradient;
    }

    Buffer AttentionWeights(Buffer split)
    {
        Buffer weights = new(type, batch * HeadCount, Seq, Seq);
        using (Tensor query = Part(split, 0), key = Part(split, 1), keyTransposed = key.Transposed())
            shims.BmmOut(weights.Tensor, query, keyTransposed);
        Profile.Mark("batched product");
        Softmax.Forward(weights.Data, type, batch * HeadCount, Seq, Seq, Scale, causal: true);
        Profile.Mark("softmax");
        return weights;
    }

    Buffer AttentionBackward(Layer layer, Buffer attended)
    {
        Buffer split = layer.Split!, weights = layer.Weights ?? AttentionWeights(split);
        Buffer output = new(type, batch * HeadCount, Seq, HeadWidth), gradients = new(type, 3, batch * HeadCount, Seq, HeadWidth), scores = new(type, batch * HeadCount, Seq, Seq);
        Heads.Split(attended.Data, null, output.Data, type, batch, Seq, 1, HeadCount, HeadWidth);
        Profile.Mark("split heads");
        attended.Dispose();
        using (Tensor query = Part(split, 0), key = Part(split, 1), value = Part(split, 2), valueTransposed = value.Transposed())
        using (Tensor dQuery = Part(gradients, 0), dKey = Part(gradients, 1), dValue = Part(gradients, 2))
        using (Tensor weightsTransposed = weights.Tensor.Transposed(), scoresTransposed = scores.Tensor.Transposed())
        {
            shims.BmmOut(scores.Tensor, output.Tensor, valueTransposed);
            Profile.Mark("batched product");
            shims.BmmOut(dValue, weightsTransposed, output.Tensor);
            Profile.Mark("batched product");
            Softmax.Backward(weights.Data, scores.Data, type, batch * HeadCount, Seq, Seq, Scale, causal: true);
            Profile.Mark("softmax gradient");
            shims.BmmOut(dQuery, scores.Tensor, key);
            Profile.Mark("batched product");
            shims.BmmOut(dKey, scoresTransposed, query);
            Profile.Mark("batched product");
        }
        weights.Dispose();
        layer.Weights = null;
        scores.Dispose();
        output.Dispose();
        split.Dispose();
        Buffer packed = new(type, rows, 3 * Width);
        using (Buffer bias = new(ScalarType.Float32, 3 * Width))
        {
            Heads.Merge(gradients.Data, packed.Data, bias.Floats, type, batch, Seq, 3, HeadCount, HeadWidth);
            Profile.Mark("merge heads");
            layer.QkvBias.AdamW(bias.Data, ScalarType.Float32, step, Settings);
            Profile.Mark("AdamW");
        }
        gradients.Dispose();
        return packed;
    }

    Tensor Part(Buffer split, int part)
    {
        long heads = batch * HeadCount;
        return split.Tensor.View([heads, Seq, HeadWidth], [Seq * HeadWidth, HeadWidth, 1], part * heads * Seq * HeadWidth);
    }

    Buffer Again(Norm norm, Buffer stream, Buffer statistics)
    {
        Buffer normal = new(type, rows, Width);
        LayerNorm.Recompute(stream.Data, ScalarType.Float32, normal.Data, type, norm.Gamma.Master, norm.Beta.Master, statistics.Floats, statistics.Floats + rows, rows, Width);
        Profile.Mark("layer norm again");
        return normal;
    }

    void NormBackward(Norm norm, Buffer gradient, Buffer stream, Buffer streamGradient, Buffer statistics, Parameter? bias, bool accumulate)
    {
        using Buffer sums = new(ScalarType.Float32, 3, Width);
        LayerNormGradient.Run(gradient.Data, type, stream.Data, streamGradient.Data, ScalarType.Float32, type == ScalarType.Float32 ? null : gradient.Data, norm.Gamma.Master,
            statistics.Floats, statistics.Floats + rows, sums.Floats, sums.Floats + Width, bias is null ? null : sums.Floats + 2 * Width, rows, Width, accumulate ? streamGradient.Data : null);
        Profile.Mark("layer norm gradient");
        norm.Gamma.AdamW(sums.Floats, ScalarType.Float32, step, Settings);
        Profile.Mark("AdamW");
        norm.Beta.AdamW(sums.Floats + Width, ScalarType.Float32, step, Settings);
        Profile.Mark("AdamW");
        bias?.AdamW(sums.Floats + 2 * Width, ScalarType.Float32, step, Settings);
        Profile.Mark("AdamW");
        stream.Dispose();
        statistics.Dispose();
    }

    // The weight's gradient lives for two calls.
    void Update(Parameter weight, Buffer outputGradient, Buffer input)
    {
        using Buffer gradient = new(type, weight.Weight.Sizes);
        using Tensor transposed = outputGradient.Tensor.Transposed();
        shims.MmOut(gradient.Tensor, transposed, input.Tensor);
        Profile.Mark("product: weight gradient");
        weight.AdamW(gradient.Data, type, step, Settings);
        Profile.Mark("AdamW");
    }

    void EmbeddingUpdate(Parameter table, Buffer streamGradient, long* tokens)
    {
        using Buffer gradient = new(ScalarType.Float32, table.Elements);
        gradient.Tensor.Zero();
        Embedding.Accumulate(streamGradient.Data, ScalarType.Float32, tokens, Seq, gradient.Floats, rows, Width);
        Profile.Mark("embedding gradient");
        table.AdamW(gradient.Data, ScalarType.Float32, step, Settings);
        Profile.Mark("AdamW");
    }
}
