// Builds a network, trains it and writes an ONNX file: dotnet run --project samples/csharp -- FOLDER
using Headroom.Data.Tables;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Onnx;
using Headroom.Runtime.Execution;
using Headroom.Training;

// 4,000 points in the plane; the class is the quadrant they lie in.
var points = new float[8000];
new Philox(seed: 7, stream: 0).FillNormal(points, 0, 0, 1);
long[] quadrant = [.. Enumerable.Range(0, 4000).Select(i => (points[2 * i] > 0 ? 1L : 0) + (points[2 * i + 1] > 0 ? 2 : 0))];
var table = new TensorTable(new DenseField<float>(new Field("point", FieldType.Float32, [2]), points), new DenseField<long>(new Field("label", FieldType.Int64, []), quadrant));

var m = new ModelBuilder("quadrants");
Value x = m.Input("point", ElementType.Float32, "batch", 2);
Value h = m.Relu(m.Linear(x, 2, 32, "hidden"));
Model model = m.Build(m.Linear(h, 32, 4, "head"));

using var session = new Session();
var trainer = new Trainer(Objectives.Classification(model), new TrainingSettings { Epochs = 20, BatchSize = 100 }, TrainingData.All(table), session);
TrainingResult result = trainer.Run();
Console.WriteLine($"{result.Outcome}: loss {result.Document.History[^1].Loss:F3}");

string file = Path.Combine(args.Length > 0 ? args[0] : ".", "quadrants.onnx");
OnnxWriter.Write(model, file, trainer.Weights.Of);
Console.WriteLine($"wrote {file}");
