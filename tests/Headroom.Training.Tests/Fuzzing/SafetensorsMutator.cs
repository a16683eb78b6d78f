using System.Buffers.Binary;
using System.Text;
using Headroom.Graph.Tests.Fuzzing;

namespace Headroom.Training.Tests.Fuzzing;

/// <summary>Breaks safetensors files: the header's length, its JSON with the length put right, and bytes anywhere.</summary>
internal sealed class SafetensorsMutator
{
    private static readonly long[] Odd = [0, 1, 2, 7, 8, 9, 100_000_000, 100_000_001, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 53, 1L << 60, long.MaxValue, -1, -8, long.MinValue];

    private static readonly string[] Headers =
    [
        "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},\"b\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[24,40]},\"c\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[40,41]}}",
        "{\"a\":{\"dtype\":\"BF16\",\"shape\":[1,4],\"data_offsets\":[0,8]},\"e\":{\"dtype\":\"BOOL\",\"shape\":[0,7],\"data_offsets\":[8,8]},\"z\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[8,12]}}",
        "{\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
        "{}",
    ];

    private static readonly string[] Words = ["__metadata__", "a", "b", "c", "x", "dtype", "shape", "data_offsets", "F32", "F64", "F16", "BF16", "I8", "I16", "I32", "I64", "U8", "BOOL", "F8_E4M3", "F4", "C64", "", "format"];

    private static readonly int[] DataBytes = [41, 12, 8, 0];

    private readonly JsonMutator _headers = new([.. Headers.Select(Encoding.UTF8.GetBytes)], Words);

    /// <summary>The same seed gives the same file.</summary>
    public byte[] Make(int seed)
    {
        var random = new Random(seed);
        int which = random.Next(Headers.Length);
        byte[] header = random.Next(4) > 0 ? _headers.Make(seed) : Encoding.UTF8.GetBytes(Headers[which]);
        // Broken headers lie before the data of any of the files: most of them fit one.
        int data = random.Next(6) > 0 ? DataBytes[random.Next(3)] : random.Next(64);
        if (header.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(Headers[which]))) data = DataBytes[which];
        byte[] file = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(file, random.Next(10) > 0 ? header.Length : random.Next(3) > 0 ? Odd[random.Next(Odd.Length)] : header.Length + random.Next(-9, 9));
        header.CopyTo(file, 8);
        return random.Next(8) switch
        {
            0 => file[..random.Next(file.Length)],
            1 => Flipped(file, random),
            _ => file,
        };
    }

    private static byte[] Flipped(byte[] file, Random random)
    {
        for (int i = random.Next(1, 4); i > 0; i--) file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
        return file;
    }
}
