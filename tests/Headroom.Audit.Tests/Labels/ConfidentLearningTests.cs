using CsCheck;
using Headroom.Audit.Labels;

namespace Headroom.Audit.Tests.Labels;

public sealed class ConfidentLearningTests
{
    // A model that knows the classes well, and labels of which a share is another class's.
    private static (int[] Labels, double[] Probabilities, HashSet<int> Wrong) Noisy(int rows, int classes, double share, int seed)
    {
        var random = new Random(seed);
        var labels = new int[rows];
        var p = new double[rows * classes];
        HashSet<int> wrong = [];
        for (int i = 0; i < rows; i++)
        {
            int truth = random.Next(classes);
            labels[i] = truth;
            if (random.NextDouble() < share)
            {
                labels[i] = (truth + 1 + random.Next(classes - 1)) % classes;
                wrong.Add(i);
            }
            double sum = 0;
            for (int c = 0; c < classes; c++) sum += p[(i * classes) + c] = Math.Exp((c == truth ? 3 : 0) + random.NextDouble());
            for (int c = 0; c < classes; c++) p[(i * classes) + c] /= sum;
        }
        return (labels, p, wrong);
    }

    [Fact]
    public void Planted_errors_are_found_and_little_else() => (from classes in Gen.Int[2, 8]
        from share in Gen.Double[0.05, 0.2]
        from seed in Gen.Int
        select (classes, share, seed)).Sample(c =>
    {
        (int[] labels, double[] p, HashSet<int> wrong) = Noisy(3000, c.classes, c.share, c.seed);
        var learning = new ConfidentLearning(labels, p, c.classes);
        int[] found = learning.Issues(LabelIssueRule.NoiseRate);
        Assert.True(found.Count(wrong.Contains) >= 0.5 * wrong.Count);
        Assert.True(found.Count(wrong.Contains) >= 0.95 * found.Length);
        // Rows that are confidently of no class count for none, so that the health is never told too low.
        Assert.InRange(learning.Health, 1 - ((double)wrong.Count / labels.Length), 1);
        // The least likely labels are the wrong ones, whatever the rule finds.
        double[] scores = LabelQuality.SelfConfidence(labels, p, c.classes);
        Assert.True(Enumerable.Range(0, labels.Length).OrderBy(i => scores[i]).Take(wrong.Count).All(wrong.Contains));
    }, iter: 100);

    [Fact]
    public void The_joint_keeps_the_labels_counts() => (from classes in Gen.Int[2, 6]
        from seed in Gen.Int
        select (classes, seed)).Sample(c =>
    {
        (int[] labels, double[] p, _) = Noisy(200, c.classes, 0.3, c.seed);
        var learning = new ConfidentLearning(labels, p, c.classes);
        for (int g = 0; g < c.classes; g++) Assert.Equal(learning.Counts[g], Enumerable.Range(0, c.classes).Sum(t => learning.Joint[g, t]));
    }, iter: 200);

    [Fact]
    public void Lengths_and_labels_that_don_t_fit_are_named()
    {
        Assert.Contains("need 6 probabilities", Assert.Throws<ArgumentException>(() => new ConfidentLearning([0, 1, 1], [0.5, 0.5], 2)).Message);
        Assert.Contains("row 1 has the label 2", Assert.Throws<ArgumentException>(() => new ConfidentLearning([0, 2], [0.5, 0.5, 0.5, 0.5], 2)).Message);
    }
}
