using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Training.Checkpoints;

namespace Headroom.Training.Tests;

public sealed class SafetensorsTests : IDisposable
{
    private readonly Temporary _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_element_type_comes_back_with_its_bits()
    {
        List<SafetensorsEntry> written = [];
        Dictionary<string, TensorData> data = [];
        foreach (ElementType type in Enum.GetValues<ElementType>())
        {
            var t = new TensorType(type, 2, 3);
            byte[] bytes = [.. Enumerable.Range(0, (int)t.Bytes).Select(i => (byte)(i * 37))];
            data[type.ToString()] = new TensorData(t, bytes);
            written.Add(SafetensorsEntry.Of(type.ToString(), data[type.ToString()]));
        }
        data["scalar"] = TensorData.Scalar(2.5f);
        data["empty"] = new TensorData(new TensorType(ElementType.Float32, 0, 7), []);
        written.Add(SafetensorsEntry.Of("scalar", data["scalar"]));
        written.Add(SafetensorsEntry.Of("empty", data["empty"]));
        SafetensorsWriter.Write(_folder["a.safetensors"], written, new Dictionary<string, string> { ["note"] = "Grüße" });
        using SafetensorsFile file = SafetensorsFile.Open(_folder["a.safetensors"]);
        Assert.True(file.Verify());
        Assert.Equal("Grüße", file.Metadata["note"]);
        Assert.Equal(data.Keys.Order(), file.Tensors.Keys.Order());
        foreach ((string name, TensorData expected) in data)
        {
            Assert.Equal(expected.Type, file.Tensors[name]);
            Assert.Equal(expected.Bytes.ToArray(), file.Read(name).Bytes.ToArray());
        }
    }

    [Fact]
    public void The_layout_is_the_formats_own()
    {
        SafetensorsWriter.Write(_folder["b.safetensors"], [SafetensorsEntry.Of("b", TensorData.Floats(new Shape(2), 1, 2)), SafetensorsEntry.Of("a", TensorData.Longs(7))]);
        byte[] bytes = File.ReadAllBytes(_folder["b.safetensors"]);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, header % 8);
        string json = Encoding.UTF8.GetString(bytes, 8, header);
        Assert.StartsWith("{\"__metadata__\":{\"sha256\":\"", json, StringComparison.Ordinal);
        Assert.EndsWith("},\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}", json.TrimEnd(' '), StringComparison.Ordinal);
        Assert.Equal(new byte[] { 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40 }, bytes[(8 + header)..]);
    }

    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, "but 4 follow")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 12, "but 12 follow")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "takes 12 bytes by its shape")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "offsets are 8 to 0")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, "where a count is needed")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4611686018427387904],\"data_offsets\":[0,8]}}", 8, "larger than any memory")]
    [InlineData("{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "element type 'F31'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "lacks its dtype")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}", 8, "unknown field 'x'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12, "overlap")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}", 12, "gap")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0, "no valid JSON")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", 0, "no valid JSON")]
    [InlineData("{\"__metadata__\":{\"a\":null}}", 0, "is null")]
    [InlineData("{\"a\":[1]}", 0, "no valid JSON")]
    [InlineData("[]", 0, "doesn't begin")]
    [InlineData("{\"a\":{\"\\ud800\":1}}", 0, "no valid JSON")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"\\u0061\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0, "no valid JSON")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"I8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0, "no valid JSON")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 0, "but 0 follow")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[9223372036854775800,9223372036854775807]}}", 8, "takes 8 bytes by its shape")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775807],\"data_offsets\":[0,9223372036854775807]}}", 8, "but 8 follow")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775808],\"data_offsets\":[0,1]}}", 1, "where a count is needed")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1e0],\"data_offsets\":[0,1]}}", 1, "where a count is needed")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0,4611686018427387904,4],\"data_offsets\":[0,0]}}", 0, "larger than any memory")]
    [InlineData("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "element type 'F8_E4M3'; this version reads F32, BF16")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2, "gap")]
    [InlineData("{\"a\":{\"b\":{\"c\":{\"d\":{}}}}}", 0, "no valid JSON")]
    [InlineData("{\"\\ud800\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0, "no valid JSON")]
    public void Hostile_headers_are_refused(string header, int data, string why)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        File.WriteAllBytes(_folder["h.safetensors"], file);
        InputException e = Assert.Throws<InputException>(() => SafetensorsFile.Open(_folder["h.safetensors"]));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.Contains("h.safetensors", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1L << 60)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(SafetensorsFile.MaximumHeader + 1L)]
    [InlineData(64)]
    [InlineData(0)]
    public void A_header_longer_than_the_file_is_refused_before_memory_is_taken(long claimed)
    {
        byte[] file = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(file, claimed);
        File.WriteAllBytes(_folder["l.safetensors"], file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InputException>(() => SafetensorsFile.Open(_folder["l.safetensors"]));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("dtype")]
    [InlineData("metadata")]
    public void Text_that_is_no_UTF_8_is_refused(string where)
    {
        byte[] json = [.. Encoding.UTF8.GetBytes(where switch
        {
            "name" => "{\"a??\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
            "dtype" => "{\"a\":{\"dtype\":\"U8??\",\"shape\":[0],\"data_offsets\":[0,0]}}",
            _ => "{\"__metadata__\":{\"a\":\"??\"}}",
        })];
        int at = json.AsSpan().IndexOf("??"u8);
        (json[at], json[at + 1]) = (0xC3, 0x28);
        byte[] file = new byte[8 + json.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        File.WriteAllBytes(_folder["u.safetensors"], file);
        Assert.Contains("no valid JSON", Assert.Throws<InputException>(() => SafetensorsFile.Open(_folder["u.safetensors"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_does_not_repeat_a_name_of_a_megabyte()
    {
        byte[] json = Encoding.UTF8.GetBytes($"{{\"{new string('n', 1 << 20)}\":{{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,9]}}}}");
        byte[] file = new byte[8 + json.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        File.WriteAllBytes(_folder["n.safetensors"], file);
        Assert.InRange(Assert.Throws<InputException>(() => SafetensorsFile.Open(_folder["n.safetensors"])).Message.Length, 1000, 1500);
    }

    [Fact]
    public void Changed_bytes_never_do_worse_than_an_input_exception()
    {
        SafetensorsWriter.Write(_folder["s.safetensors"], [SafetensorsEntry.Of("w", TensorData.Floats(new Shape(3), 1, 2, 3)), SafetensorsEntry.Of("v", TensorData.Longs(1, 2))]);
        byte[] good = File.ReadAllBytes(_folder["s.safetensors"]);
        int refused = 0;
        Gen.Select(Gen.Int[0, good.Length - 1].Array[1, 4], Gen.Byte.Array[4], Gen.Int[0, good.Length]).Sample((places, values, length) =>
        {
            byte[] bad = good[..(values[0] % 3 == 0 ? length : good.Length)];
            for (int i = 0; i < places.Length; i++) if (places[i] < bad.Length) bad[places[i]] = values[i];
            string path = _folder["fuzz.safetensors"];
            using (FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.Write)) // making a file anew each time waits for the disk
            {
                stream.Write(bad);
                stream.SetLength(bad.Length);
            }
            try
            {
                using SafetensorsFile file = SafetensorsFile.Open(path);
                bool same = bad.AsSpan().SequenceEqual(good);
                if (file.Verify() && !same) Assert.True(bad.AsSpan(good.Length - 28).SequenceEqual(good.AsSpan(good.Length - 28)), "changed data passed for good");
                foreach (string name in file.Tensors.Keys) file.Read(name);
            }
            catch (InputException)
            {
                refused++;
            }
        }, seed: "0000KjTdGnr0", iter: 3000, threads: 1);
        Assert.True(refused > 1000, $"only {refused} were refused");
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        SafetensorsWriter.Write(_folder["w.safetensors"], [SafetensorsEntry.Of("w", TensorData.Scalar(1f))]);
        byte[] before = File.ReadAllBytes(_folder["w.safetensors"]);
        int calls = 0;
        var failing = new SafetensorsEntry("w", new TensorType(ElementType.Float32, 1 << 19), (_, count) => ++calls > 3 ? throw new InvalidOperationException("stop") : new byte[count]);
        Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.Write(_folder["w.safetensors"], [failing]));
        Assert.Equal(before, File.ReadAllBytes(_folder["w.safetensors"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Two_tensors_of_one_name_are_a_mistake_of_the_callers()
        => Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(_folder["d"], [SafetensorsEntry.Of("w", TensorData.Scalar(1f)), SafetensorsEntry.Of("w", TensorData.Scalar(2f))]));
}
