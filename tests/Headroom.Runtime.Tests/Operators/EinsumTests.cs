using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class EinsumTests
{
    private const string Letters = "aBcD";

    /// <summary>An equation of up to four letters over up to three operands, repeats among them, and an extent for each letter; some axes are 1 and broadcast.</summary>
    private static readonly Gen<(string Equation, long[][] Dims, int Seed)> Any =
        from extents in Gen.Long[1, 4].Array[4]
        from terms in Gen.Select(Gen.Int[0, 3].Array[0, 3], Gen.Int[0, 9].Array[3]).Array[1, 3]
        from kept in Gen.Bool.Array[4]
        from order in Gen.Int[0, 23]
        from seed in Gen.Int[0, 1000]
        select Equation(extents, terms, kept, order, seed);

    public static TheoryData<string, long[][], long[]> Known() => new()
    {
        { "ij->ji", [[2, 3]], [3, 2] },
        { "ii", [[3, 3]], [] },
        { "ii->i", [[3, 3]], [3] },
        { "...ii->...i", [[2, 3, 3]], [2, 3] },
        { "i,i", [[4], [4]], [] },
        { "ba", [[2, 3]], [3, 2] },
        { "bij, bjk", [[2, 3, 4], [2, 4, 5]], [3, 5] },
        { "bij,bjk->bik", [[2, 3, 4], [2, 4, 5]], [2, 3, 5] },
        { "bhqd,bhkd->bhqk", [[2, 3, 4, 5], [2, 3, 6, 5]], [2, 3, 4, 6] },
        { "bhwc,hkc->bhwk", [[2, 3, 4, 5], [3, 6, 5]], [2, 3, 4, 6] },
        { "...ij,...jk->...ik", [[2, 1, 3, 4], [5, 4, 2]], [2, 5, 3, 2] },
        { "...ij,jk->ik...", [[2, 3, 4], [4, 5]], [3, 5, 2] },
        { "i...->...", [[2, 3, 4]], [3, 4] },
        { "...", [[2, 3]], [2, 3] },
        { "...i->i", [[2, 3, 4]], [4] },
        { "ab,bc,cd->ad", [[2, 3], [3, 4], [4, 5]], [2, 5] },
        { "a,b,c->cab", [[2], [3], [4]], [4, 2, 3] },
        { "Zz,zA", [[2, 3], [3, 4]], [4, 2] },
        { ",ij->ij", [[], [2, 3]], [2, 3] },
        { "ij,ij->", [[2, 3], [2, 3]], [] },
        { "ij,kl->", [[2, 3], [4, 5]], [] },
        { "ij,jk->ik", [[2, 0], [0, 3]], [2, 3] },
        { "ij,jk->ik", [[0, 2], [2, 3]], [0, 3] },
        { ",aDB,cD->Bc", [[], [2, 2, 3], [1, 1]], [3, 1] },
        { "bjk,bij->kbi", [[2, 4, 5], [2, 3, 4]], [5, 2, 3] },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void Known_equations_give_the_shape_that_they_should_and_the_sum_over_all_indices(string equation, long[][] dims, long[] expected)
    {
        foreach (ElementType element in (ElementType[])[ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16, ElementType.Int32, ElementType.Int64])
        {
            Feed[] feeds = [.. dims.Select((d, i) => element.IsFloat() ? Feed.Random(new TensorType(element, d), i) : Feed.Of(new TensorType(element, d), [.. Feed.Random(i, d).Values.Select(v => Math.Round(v))]))];
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Einsum { Equation = equation }, v)], feeds)[0];
            Assert.Equal(new Shape(expected), found.Type.Shape);
            Plain.Same(Reference(equation, feeds), found, Plain.Rounding(element) * 20);
        }
        if (dims.All(d => !d.Contains(0))) GradientCheck.Run((g, v) => g.Add(new Einsum { Equation = equation }, v), [.. dims.Select((d, i) => Feed.Random(i, d))]);
    }

    [Fact]
    public void Any_equation_is_the_sum_over_all_indices() => Any.Sample(c =>
    {
        Feed[] feeds = [.. c.Dims.Select((d, i) => Feed.Random(c.Seed + i, d))];
        Plain.Same(Reference(c.Equation, feeds), GradientCheck.Evaluate((g, v) => [g.Add(new Einsum { Equation = c.Equation }, v)], feeds)[0], 1e-11);
    }, iter: 100);

    [Fact]
    public void The_gradient_of_any_equation_is_central_differences() => Any.Sample(c =>
        GradientCheck.Run((g, v) => g.Add(new Einsum { Equation = c.Equation }, v), [.. c.Dims.Select((d, i) => Feed.Random(c.Seed + i, d))]), iter: 50);

    [Fact]
    public void A_batch_of_large_products_equals_the_matrix_product()
    {
        Feed a = Feed.Random(new TensorType(ElementType.Float32, 3, 70, 90), 1), b = Feed.Random(new TensorType(ElementType.Float32, 3, 50, 90), 2);
        Result[] r = GradientCheck.Evaluate((g, v) => [g.Add(new Einsum { Equation = "bmk,bnk->bmn" }, v), g.Add(new MatMul(), v[0], g.Add(new Transpose { Permutation = [0, 2, 1] }, v[1]))], a, b);
        Plain.Same(r[1].Values, r[0], 1e-5);
    }

    [Theory]
    [InlineData("ij,jk->ik", "has 2 terms for 1 operands")]
    [InlineData("ijk", "doesn't fit operand 0 [2, 3]")]
    [InlineData("ij->k", "'k' in its result alone")]
    [InlineData("ij->ii", "repeats an index")]
    [InlineData("i1", "has a '1'")]
    [InlineData("ii", "has the extents 2 and 3")]
    [InlineData("i->j->i", "several arrows")]
    [InlineData("......", "has a '.'")]
    public void What_is_no_equation_is_refused(string equation, string part)
        => Assert.Contains(part, Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(new Einsum { Equation = equation }, v)], Feed.Random(1, 2, 3))).Message, StringComparison.Ordinal);

    private static (string, long[][], int) Equation(long[] extents, (int[] Indices, int[] Broadcast)[] terms, bool[] kept, int order, int seed)
    {
        int[] used = [.. terms.SelectMany(t => t.Indices).Distinct()];
        List<int> output = [.. used.Where(i => kept[i])];
        // A permutation by its number.
        var shuffled = new List<int>();
        while (output.Count > 0)
        {
            shuffled.Add(output[order % output.Count]);
            output.RemoveAt(order % output.Count);
        }
        string equation = string.Join(",", terms.Select(t => string.Concat(t.Indices.Select(i => Letters[i])))) + "->" + string.Concat(shuffled.Select(i => Letters[i]));
        return (equation, [.. terms.Select(t => t.Indices.Select((i, a) => t.Broadcast[a] == 0 ? 1 : extents[i]).ToArray())], seed);
    }

    /// <summary>Every assignment of the indices, one after the other. An ellipsis is spelled out in capitals from K on.</summary>
    private static double[] Reference(string equation, Feed[] feeds)
    {
        string[] sides = equation.Replace(" ", "").Split("->"), terms = sides[0].Split(',');
        string dots = "";
        for (int i = 0; i < terms.Length; i++) if (terms[i].Contains("...")) dots = "KLMNOP"[..Math.Max(dots.Length, feeds[i].Type.Rank - (terms[i].Length - 3))];
        string implied = string.Concat(sides[0].Where(c => char.IsLetter(c) && sides[0].Count(x => x == c) == 1).Order());
        string output = sides.Length == 2 ? sides[1].Replace("...", dots) : dots + implied;
        for (int i = 0; i < terms.Length; i++) if (terms[i].Contains("...")) terms[i] = terms[i].Replace("...", dots[^(feeds[i].Type.Rank - (terms[i].Length - 3))..]);
        char[] letters = [.. terms.SelectMany(t => t).Concat(output).Distinct()];
        var space = new Shape([.. letters.Select(c => terms.SelectMany((t, i) => t.Select((x, a) => x == c ? feeds[i].Type.Shape[a] : 1)).Aggregate(1L, (m, e) => m == 1 ? e : m))]);
        long Extent(char c) => space[Array.IndexOf(letters, c)];
        var shape = new Shape([.. output.Select(Extent)]);
        var result = new double[(int)shape.Elements];
        for (int n = 0; n < space.Elements; n++)
        {
            long[] at = Plain.Coordinates(space, n);
            long At(char c) => at[Array.IndexOf(letters, c)];
            double product = 1;
            for (int i = 0; i < terms.Length; i++)
            {
                Shape s = feeds[i].Type.Shape;
                product *= feeds[i].Values[Plain.Index(s, [.. terms[i].Select((c, a) => s[a] == 1 ? 0 : At(c))])];
            }
            result[Plain.Index(shape, [.. output.Select(At)])] += product;
        }
        return result;
    }
}
