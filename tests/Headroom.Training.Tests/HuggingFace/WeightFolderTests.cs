using System.Text.Json.Nodes;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Training.Checkpoints;
using Headroom.Training.HuggingFace;

namespace Headroom.Training.Tests.HuggingFace;

public sealed class WeightFolderTests : IDisposable
{
    private readonly Temporary _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Weights_come_back_from_one_file()
    {
        WeightFolderWriter.Write(_folder.Path, Entries());
        Assert.Equal(["model.safetensors"], Names());
        Same();
        using SafetensorsFile file = SafetensorsFile.Open(_folder["model.safetensors"]);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.True(file.Verify());
    }

    [Fact] // 24, 40, 16 and 8 bytes: a file takes what fits, and one that is larger than any file has one alone
    public void Weights_come_back_from_shards()
    {
        WeightFolderWriter.Write(_folder.Path, Entries(), shardBytes: 30);
        Assert.Equal(["model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors", "model.safetensors.index.json"], Names());
        JsonNode index = JsonNode.Parse(File.ReadAllText(_folder["model.safetensors.index.json"]))!;
        Assert.Equal(88, (long)index["metadata"]!["total_size"]!);
        Assert.Equal("{\"a\":\"model-00001-of-00003.safetensors\",\"b\":\"model-00002-of-00003.safetensors\",\"c\":\"model-00003-of-00003.safetensors\",\"d\":\"model-00003-of-00003.safetensors\"}", index["weight_map"]!.ToJsonString());
        Same();
    }

    [Fact]
    public void A_part_of_a_tensor_is_read_alone()
    {
        WeightFolderWriter.Write(_folder.Path, Entries(), shardBytes: 30);
        using WeightFolder folder = WeightFolder.Open(_folder.Path);
        byte[] part = new byte[8];
        folder.Read("b", 16, part);
        Assert.Equal([4f, 5f], [BitConverter.ToSingle(part), BitConverter.ToSingle(part, 4)]);
    }

    [Fact]
    public void Writing_again_replaces_what_was_there_whatever_its_number_of_files()
    {
        foreach (long bytes in new long[] { 30, 50, 1000, 1, 30 })
        {
            WeightFolderWriter.Write(_folder.Path, Entries(), bytes);
            Same();
        }
        Assert.Equal(4, Names().Length);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_weights_and_nothing_else()
    {
        WeightFolderWriter.Write(_folder.Path, Entries(), shardBytes: 30);
        string[] before = Names();
        int calls = 0;
        SafetensorsEntry failing = new("z", new TensorType(ElementType.Float32, 1 << 19), (_, count) => ++calls > 3 ? throw new InvalidOperationException("stop") : new byte[count]);
        Assert.Throws<InvalidOperationException>(() => WeightFolderWriter.Write(_folder.Path, [.. Entries(), failing], shardBytes: 30));
        Assert.Equal(before, Names());
        Assert.Empty(Directory.GetDirectories(_folder.Path));
        Same();
    }

    [Fact] // as after a kill between two renames
    public void A_folder_whose_files_changed_places_in_part_is_refused()
    {
        WeightFolderWriter.Write(_folder.Path, Entries(), shardBytes: 30);
        Directory.CreateDirectory(_folder["model-00002-of-00002.safetensors"]);
        Assert.Throws<InputException>(() => WeightFolderWriter.Write(_folder.Path, Entries(), shardBytes: 64));
        Assert.Contains("neither model.safetensors nor model.safetensors.index.json", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_tensors_of_one_name_are_a_mistake_of_the_callers()
        => Assert.Throws<ArgumentException>(() => WeightFolderWriter.Write(_folder.Path, [.. Entries(), .. Entries()], shardBytes: 30));

    [Fact]
    public void Missing_shards_are_named()
    {
        WeightFolderWriter.Write(_folder.Path, Entries(), shardBytes: 30);
        File.Delete(_folder["model-00001-of-00003.safetensors"]);
        File.Delete(_folder["model-00003-of-00003.safetensors"]);
        Assert.Contains("model.safetensors.index.json: it names model-00001-of-00003.safetensors, model-00003-of-00003.safetensors, which the folder doesn't have", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metadata.total_size", "89", "its total_size is 89 bytes, and the tensors take 88")]
    [InlineData("metadata.total_size", "-1", "its total_size is -1, which is no number of bytes")]
    [InlineData("metadata.total_size", "1e30", "its total_size is 1e30, which is no number of bytes")]
    [InlineData("metadata.total_size", "\"88\"", "its total_size is \"88\", which is no number of bytes")]
    [InlineData("weight_map.d", null, "it doesn't name the tensor 'd', which lies in model-00003-of-00003.safetensors")]
    [InlineData("weight_map.e", "\"model-00001-of-00003.safetensors\"", "the tensor 'e' doesn't lie in model-00001-of-00003.safetensors")]
    [InlineData("weight_map.d", "\"model-00001-of-00003.safetensors\"", "the tensor 'd' lies in model-00003-of-00003.safetensors, and not in model-00001-of-00003.safetensors")]
    [InlineData("weight_map.a", "\"../model.safetensors\"", "it says of the tensor 'a' that it lies in \"../model.safetensors\", which is no name")]
    [InlineData("weight_map.a", "\"/etc/passwd\"", "it says of the tensor 'a' that it lies in \"/etc/passwd\", which is no name of a safetensors file in the same folder")]
    [InlineData("weight_map.a", "7", "it says of the tensor 'a' that it lies in 7, which is no name")]
    [InlineData("weight_map", "{}", "its weight_map names no tensor")]
    [InlineData("weight_map", "[]", "it has no weight_map")]
    public void An_index_that_disagrees_with_the_shards_is_refused_by_name(string key, string? value, string message)
    {
        WeightFolderWriter.Write(_folder.Path, Entries(), shardBytes: 30);
        Change(key, value);
        Assert.Contains($"model.safetensors.index.json: {message}", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model-00001-of-00003.safetensors")]
    [InlineData("model-00003-of-00003.safetensors")]
    public void A_tensor_in_two_shards_is_refused_by_name(string said)
    {
        WeightFolderWriter.Write(_folder.Path, Entries(), shardBytes: 30);
        SafetensorsWriter.Write(_folder["model-00001-of-00003.safetensors"], [Entries()[0], Entries()[2]]);
        Change("weight_map.c", $"\"{said}\"");
        Assert.Contains("the tensor 'c' lies in model-0000", Refused(), StringComparison.Ordinal);
        Assert.Contains("-of-00003.safetensors and in model-0000", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_total_size_with_a_point_is_the_same_number_and_none_is_no_fault()
    {
        WeightFolderWriter.Write(_folder.Path, Entries(), shardBytes: 30);
        Change("metadata.total_size", "88.0");
        Same();
        Change("metadata", null);
        Same();
    }

    [Fact]
    public void Wrong_shapes_and_missing_tensors_are_refused_by_name()
    {
        WeightFolderWriter.Write(_folder.Path, Entries(), shardBytes: 30);
        using WeightFolder folder = WeightFolder.Open(_folder.Path);
        Assert.Equal(ElementType.Float32, folder.Require("a", new Shape(2, 3)).Element);
        Assert.Contains("model-00001-of-00003.safetensors: the tensor 'a' is fp32[2, 3], where the model needs [3, 2]", Assert.Throws<InputException>(() => folder.Require("a", new Shape(3, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("there is no tensor 'lm_head.weight'", Assert.Throws<InputException>(() => folder.Require("lm_head.weight", new Shape(3, 2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_pickles_says_so()
    {
        File.WriteAllText(_folder["pytorch_model.bin"], "");
        Assert.Contains("pickles", Refused(), StringComparison.Ordinal);
        Assert.Contains("there is no such folder", Assert.Throws<InputException>(() => WeightFolder.Open(_folder["nowhere"])).Message, StringComparison.Ordinal);
    }

    private static SafetensorsEntry[] Entries() => [.. Data().Select(d => SafetensorsEntry.Of(d.Name, d.Data))];

    private static (string Name, TensorData Data)[] Data() =>
    [
        ("a", TensorData.Floats(new Shape(2, 3), 1, 2, 3, 4, 5, 6)),
        ("b", TensorData.Floats(new Shape(10), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)),
        ("c", TensorData.Longs(7, 8)),
        ("d", TensorData.Longs(9)),
    ];

    private void Same()
    {
        using WeightFolder folder = WeightFolder.Open(_folder.Path);
        Assert.Equal(["a", "b", "c", "d"], folder.Tensors.Keys.Order());
        Assert.Equal(88, folder.Bytes);
        foreach ((string name, TensorData data) in Data())
        {
            Assert.Equal(data.Type, folder.Tensors[name]);
            Assert.Equal(data.Bytes.ToArray(), folder.Read(name).Bytes.ToArray());
        }
    }

    private string Refused() => Assert.Throws<InputException>(() => WeightFolder.Open(_folder.Path)).Message;

    private string[] Names() => [.. Directory.GetFiles(_folder.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private void Change(string key, string? value)
    {
        string path = _folder["model.safetensors.index.json"];
        JsonNode root = JsonNode.Parse(File.ReadAllText(path))!;
        string[] parts = key.Split('.');
        JsonObject parent = parts.Length == 1 ? root.AsObject() : root[parts[0]]!.AsObject();
        if (value is null) parent.Remove(parts[^1]);
        else parent[parts[^1]] = JsonNode.Parse(value);
        File.WriteAllText(path, root.ToJsonString());
    }
}
