using System.Collections.Immutable;
using Headroom.Evidence;
using Headroom.Graph;
using Microsoft.ML.OnnxRuntime;

namespace Headroom.Inference;

/// <summary>An ONNX file under ONNX Runtime. <see cref="Run(IReadOnlyList{InferenceInput})"/> may be called from several threads at once; disposing may not overlap with it.</summary>
/// <remarks>https://onnxruntime.ai/docs/. What ONNX Runtime refuses comes out as an <see cref="InputException"/> that names the file.</remarks>
public sealed class OnnxSession : IDisposable
{
    // Warnings of ONNX Runtime (unused initializers and the like) are no business of the one who reads our output.
    private const OrtLoggingLevel Quiet = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

    private readonly InferenceSession _session;
    private readonly string[] _outputNames;
    private readonly string _file;

    private OnnxSession(InferenceSession session, string file)
    {
        _session = session;
        _file = file;
        Inputs = [.. session.InputNames.Select(n => Info(n, "input", session.InputMetadata[n]))];
        Outputs = [.. session.OutputNames.Select(n => Info(n, "output", session.OutputMetadata[n]))];
        _outputNames = [.. session.OutputNames];
        Metadata = session.ModelMetadata.CustomMetadataMap.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>The version of ONNX Runtime.</summary>
    public static string RuntimeVersion => OrtEnv.Instance().GetVersionString();

    /// <summary>Providers that this build of ONNX Runtime has, the preferred first.</summary>
    public static IReadOnlyList<string> AvailableProviders => OrtEnv.Instance().GetAvailableProviders();

    /// <summary>In the file's order.</summary>
    public ImmutableArray<TensorInfo> Inputs { get; }

    /// <summary>In the file's order.</summary>
    public ImmutableArray<TensorInfo> Outputs { get; }

    /// <summary>Free text that the file carries.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; }

    /// <exception cref="InputException">There is no such file, ONNX Runtime refuses it, or an input or output is no tensor of a known type.</exception>
    public static OnnxSession Load(string path, OnnxSessionOptions? options = null)
    {
        var info = new FileInfo(path);
        if (!info.Exists) throw FileFaults.Reading(path, Directory.Exists(path) ? new UnauthorizedAccessException() : new FileNotFoundException());
        if (info.Length == 0) throw new InputException(path, "it is empty.", "Name an ONNX file.");
        return Load(Path.GetFileName(path), options, o => new InferenceSession(path, o));
    }

    /// <param name="model">A whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">Threads and providers.</param>
    /// <exception cref="InputException">As above.</exception>
    public static OnnxSession Load(byte[] model, string name, OnnxSessionOptions? options = null)
    {
        if (model.Length == 0) throw new InputException(name, "it is empty.", "Name an ONNX file.");
        return Load(name, options, o => new InferenceSession(model, o));
    }

    /// <summary>Runs the model once.</summary>
    /// <param name="inputs">Every input, by name, in any order.</param>
    /// <exception cref="InputException">An input is missing, unknown, or of another type; or ONNX Runtime fails, and says where.</exception>
    public InferenceOutputs Run(IReadOnlyList<InferenceInput> inputs)
    {
        Check(inputs);
        var values = new OrtValue[inputs.Count];
        try
        {
            return Pinned(inputs, values, 0);
        }
        catch (OnnxRuntimeException e)
        {
            throw Refused(_file, "it could not be run", e, "Check the inputs' extents against the model's: " + string.Join(", ", Inputs) + ".");
        }
        finally
        {
            foreach (OrtValue? v in values) v?.Dispose();
        }
    }

    /// <summary>Runs the model once and copies its outputs.</summary>
    /// <exception cref="InputException">As above.</exception>
    public IReadOnlyDictionary<string, TensorData> Run(IReadOnlyDictionary<string, TensorData> inputs)
    {
        using InferenceOutputs outputs = Run([.. inputs.Select(i => InferenceInput.Of(i.Key, i.Value))]);
        return outputs.Names.ToDictionary(n => n, outputs.ToData);
    }

    /// <summary>Runs the model on zeros, so that the first real call pays for no allocation.</summary>
    /// <param name="batch">The value of every extent that varies.</param>
    /// <param name="runs">How often.</param>
    public void WarmUp(long batch = 1, int runs = 1)
    {
        List<InferenceInput> zeros = [];
        foreach (TensorInfo i in Inputs)
        {
            var type = new TensorType(i.Element, new Shape([.. i.Dimensions.Select(d => d.Name is null ? d.Extent : batch)]));
            zeros.Add(InferenceInput.Of(i.Name, new TensorData(type, new byte[type.Bytes])));
        }
        for (int i = 0; i < runs; i++) Run(zeros).Dispose();
    }

    public void Dispose() => _session.Dispose();

    /// <summary>Pins one input after the other, so that ONNX Runtime reads the caller's memory itself.</summary>
    private unsafe InferenceOutputs Pinned(IReadOnlyList<InferenceInput> inputs, OrtValue[] values, int at)
    {
        if (at < inputs.Count)
        {
            fixed (byte* data = inputs[at].Bytes)
            {
                TensorType type = inputs[at].Type;
                long spare = 0; // an empty tensor still needs an address
                values[at] = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type.Element.ToOrt(), type.Shape.Dims.ToArray(), data is null ? (nint)(&spare) : (nint)data, type.Bytes);
                return Pinned(inputs, values, at + 1);
            }
        }
        using var run = new RunOptions();
        return new InferenceOutputs(Outputs, _session.Run(run, [.. inputs.Select(i => i.Name)], values, _outputNames));
    }

    private void Check(IReadOnlyList<InferenceInput> inputs)
    {
        string[] given = [.. inputs.Select(i => i.Name)];
        string[] missing = [.. Inputs.Select(i => i.Name).Except(given)], unknown = [.. given.Except(Inputs.Select(i => i.Name))], twice = [.. given.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key)];
        if (missing.Length + unknown.Length + twice.Length > 0)
        {
            List<string> faults = [];
            if (missing.Length > 0) faults.Add($"missing: {string.Join(", ", missing)}");
            if (unknown.Length > 0) faults.Add($"unknown: {string.Join(", ", unknown)}");
            if (twice.Length > 0) faults.Add($"given twice: {string.Join(", ", twice)}");
            throw new InputException(_file, $"the inputs don't fit; {string.Join("; ", faults)}.", $"The model takes {string.Join(", ", Inputs)}.");
        }
        foreach (InferenceInput i in inputs)
        {
            TensorInfo declared = Inputs.First(d => d.Name == i.Name);
            if (declared.Element != i.Type.Element || !declared.Takes(i.Type.Shape)) throw new InputException(_file, $"input '{i.Name}' is {i.Type}, the model takes {declared}.", "Reshape or cast the input.");
        }
    }

    private static OnnxSession Load(string name, OnnxSessionOptions? options, Func<SessionOptions, InferenceSession> open)
    {
        InferenceSession? session = null;
        try
        {
            using SessionOptions o = Options(options ?? new OnnxSessionOptions(), name);
            session = open(o);
            return new OnnxSession(session, name);
        }
        catch (OnnxRuntimeException e)
        {
            throw Refused(name, "ONNX Runtime can't load it", e, "Check that the file is a whole ONNX model and that this version of ONNX Runtime has its operators.");
        }
        catch (InputException)
        {
            session?.Dispose();
            throw;
        }
    }

    private static SessionOptions Options(OnnxSessionOptions options, string name)
    {
        var o = new SessionOptions
        {
            LogSeverityLevel = Quiet,
            GraphOptimizationLevel = options.Optimize ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            InterOpNumThreads = 1,
        };
        if (options.Threads is int threads)
        {
            if (threads < 1) throw new InputException(name, $"{threads} threads can't run it.", "Give 1 or more.");
            o.IntraOpNumThreads = threads;
        }
        if (options.Deterministic) o.AddSessionConfigEntry("session.use_deterministic_compute", "1");
        foreach (string p in options.Providers)
        {
            if (p.Equals("CPU", StringComparison.OrdinalIgnoreCase)) continue;
            if (!AvailableProviders.Any(a => a.Equals(p + "ExecutionProvider", StringComparison.OrdinalIgnoreCase)))
                throw new InputException(name, $"ONNX Runtime has no provider '{p}' here.", $"There are {string.Join(", ", AvailableProviders.Select(a => a.Replace("ExecutionProvider", "", StringComparison.Ordinal)))}.");
            if (p.Equals("CUDA", StringComparison.OrdinalIgnoreCase)) o.AppendExecutionProvider_CUDA();
            else o.AppendExecutionProvider(p);
        }
        return o;
    }

    private TensorInfo Info(string name, string what, NodeMetadata m)
    {
        if (!m.IsTensor || OrtTypes.FromOrt(m.ElementDataType) is not ElementType element)
            throw new InputException(_file, $"{what} '{name}' is {(m.IsTensor ? $"a tensor of {m.ElementDataType}" : $"a {m.OnnxValueType}")}, which is not supported.", "Export the model with tensors of numbers as inputs and outputs.");
        return new TensorInfo(name, element, [.. m.Dimensions.Select((d, i) => d < 0 ? (Dimension)(m.SymbolicDimensions[i] ?? "") : d)]);
    }

    /// <summary>The first line of ONNX Runtime's message, without its error code.</summary>
    private static InputException Refused(string file, string what, OnnxRuntimeException e, string remedy)
    {
        string message = e.Message.Split('\n')[0].Trim();
        int code = message.StartsWith("[ErrorCode:", StringComparison.Ordinal) ? message.IndexOf(']') : -1;
        message = message[(code + 1)..].Trim();
        // A failed check shows its C++ signature; the node and the reason are what helps.
        int signature = message.IndexOf("Status Message: /", StringComparison.Ordinal), reason = message.IndexOf(" was false. ", StringComparison.Ordinal);
        if (signature >= 0 && reason > signature) message = message[..signature] + message[(reason + " was false. ".Length)..];
        return new InputException($"{file}: {what}: {message}\n{remedy}", e);
    }
}
