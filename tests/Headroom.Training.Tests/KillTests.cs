using System.Diagnostics;
using Headroom.Evidence;

namespace Headroom.Training.Tests;

public sealed class KillTests : IDisposable
{
    private const long Steps = 800;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Temporary _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_killed_at_any_moment_and_resumed_ends_with_the_bits_of_the_unbroken_one()
    {
        Finish(ChildRun.Start(_folder["whole"], _folder["expected"], Steps));
        Random moments = new(20261123);
        int killed = 0;
        for (int i = 0; i < 3; i++)
        {
            using Process child = ChildRun.Start(_folder["broken"], _folder["actual"], Steps);
            string newest = Newest();
            Stopwatch waited = Stopwatch.StartNew();
            // Kills before the first checkpoint are of no interest; then at any moment.
            while (Newest() == newest && !child.WaitForExit(2) && waited.Elapsed < Patience) { }
            if (!child.WaitForExit(moments.Next(60)))
            {
                child.Kill();
                killed++;
            }
            child.WaitForExit();
        }
        Assert.True(killed > 0, "every child was done before it could be killed");
        Finish(ChildRun.Start(_folder["broken"], _folder["actual"], Steps));
        Assert.Equal(ContentHash.OfFile(_folder["expected"]), ContentHash.OfFile(_folder["actual"]));
        Assert.Empty(Directory.GetFiles(_folder["broken"], ".headroom-*.tmp"));
    }

    [Fact]
    public void A_full_disk_is_an_error_that_leaves_the_last_checkpoint_whole()
    {
        if (!OperatingSystem.IsLinux() || !CanMount()) Assert.Skip("A small file system of one's own needs Linux and `unshare -rm`, which is not allowed here.");
        // Room for two checkpoints of about 50 KB, not for the third that is written beside them; the folder's content is copied out before the mount goes.
        string disk = _folder["disk"], seen = _folder["seen"];
        Directory.CreateDirectory(disk);
        string script = $"mount -t tmpfs -o size=128k tmpfs '{disk}' && mkdir '{seen}' && \"$@\"; code=$?; cp -a '{disk}/.' '{seen}'; exit $code";
        using Process child = ChildRun.Start(Path.Join(disk, "checkpoint"), _folder["weights"], Steps, "unshare", "-rm", "sh", "-c", script, "sh");
        string error = child.StandardError.ReadToEnd();
        Assert.True(child.WaitForExit(Patience));
        Assert.True(child.ExitCode == 2, $"exit code {child.ExitCode}: {error}");
        Assert.Contains("the disk is full", error, StringComparison.Ordinal);
        string[] left = Directory.GetFiles(Path.Join(seen, "checkpoint"));
        Assert.NotEmpty(left);
        Assert.All(left, f => Checkpoints.Checkpoint.Open(f).Dispose());
        Assert.False(File.Exists(_folder["weights"]));
    }

    private static bool CanMount()
    {
        try
        {
            using Process probe = Process.Start(new ProcessStartInfo("unshare", ["-rm", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"]) { RedirectStandardError = true })!;
            return probe.WaitForExit(Patience) && probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static void Finish(Process child)
    {
        using (child)
        {
            string error = child.StandardError.ReadToEnd();
            Assert.True(child.WaitForExit(Patience), "the child hangs");
            Assert.True(child.ExitCode == 0, error);
        }
    }

    private string Newest() => Directory.Exists(_folder["broken"]) ? Directory.EnumerateFiles(_folder["broken"], "step-*").Max(StringComparer.Ordinal) ?? "" : "";
}
