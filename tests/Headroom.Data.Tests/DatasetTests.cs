using Headroom.Data.Columns;

namespace Headroom.Data.Tests;

public sealed class DatasetTests
{
    private static readonly Schema AB = new(new ColumnSpec("a", ColumnKind.Text), new ColumnSpec("b", ColumnKind.Number, ColumnRole.Label));

    private static Dataset Make(params (string? A, double B)[] rows) => Scratch.Of(AB, rows.Select(r => new[] { Cell.Of(r.A), Cell.Of(r.B) }));

    [Fact]
    public void Fingerprint_is_the_same_for_the_same_content() => Assert.Equal(Make(("x", 1), ("y", 2)).Fingerprint, Make(("x", 1), ("y", 2)).Fingerprint);

    [Fact] // computed apart, from the documented bytes: a change would break the links between documents
    public void Fingerprint_is_SHA256_in_hex_and_has_not_changed() => Assert.Equal("7da0c574cd8dbac63844bfbc6d036f8b02c97a306aae96ea05e98b435147ab3e", Make(("x", 1), (null, double.NaN)).Fingerprint);

    [Fact]
    public void Fingerprint_depends_on_order_values_and_roles()
    {
        var one = Make(("x", 1), ("y", 2));
        string[] all = [one.Fingerprint, Make(("y", 2), ("x", 1)).Fingerprint, Make(("x", 1), ("y", 3)).Fingerprint, one.WithRole("b", ColumnRole.Note).Fingerprint, Make(("x", 1), (null, 2)).Fingerprint];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact] // "ab" + "c" and "a" + "bc" must not run together
    public void Neighbouring_texts_do_not_run_into_each_other()
    {
        var schema = new Schema(new ColumnSpec("a", ColumnKind.Text), new ColumnSpec("b", ColumnKind.Text));
        var data = Scratch.Of(schema, [Cell.Of("ab"), Cell.Of("c")], [Cell.Of("a"), Cell.Of("bc")]);
        Assert.NotEqual(data.InputHashes()[0], data.InputHashes()[1]);
    }

    [Fact]
    public void Input_hashes_look_at_inputs_only()
    {
        var hashes = Make(("x", 1), ("x", 2), ("y", 1)).InputHashes();
        Assert.Equal(hashes[0], hashes[1]);
        Assert.NotEqual(hashes[0], hashes[2]);
    }

    [Fact]
    public void Minus_zero_is_zero_to_a_hash()
    {
        var data = Scratch.Of(new Schema(new ColumnSpec("n", ColumnKind.Number)), [Cell.Of(0.0)], [Cell.Of(-0.0)]);
        Assert.Equal(data.InputHashes()[0], data.InputHashes()[1]);
    }

    [Fact]
    public void Missing_column_names_the_nearest_one() => Assert.Contains("'income'", Scratch.Fails(() => new Schema(new ColumnSpec("income", ColumnKind.Text), new ColumnSpec("age", ColumnKind.Number)).IndexOf("incom")));

    [Fact]
    public void Rows_taken_keep_their_values_and_origins()
    {
        var data = Make(("x", 1), ("y", 2), ("z", 3)).Take([2, 0]);
        Assert.Equal(["z", "x"], data.Texts("a").Values.ToArray());
        Assert.Equal(3, data.OriginOf(0).Line);
    }

    [Fact]
    public void Appended_rows_stand_behind()
    {
        var both = Make(("x", 1)).Append(Make(("y", 2)));
        Assert.Equal([1.0, 2.0], both.Numbers("b").Values.ToArray());
    }

    [Fact]
    public void No_rows_are_an_error() => Assert.Contains("no rows", Scratch.Fails(() => Make()));
}
