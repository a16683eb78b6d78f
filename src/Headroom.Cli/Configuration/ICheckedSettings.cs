using Headroom.Evidence;

namespace Headroom.Cli.Configuration;

/// <summary>Settings that can say what is wrong with them; the binder adds the line.</summary>
internal interface ICheckedSettings
{
    /// <exception cref="InputException">They don't fit.</exception>
    void Check();
}
