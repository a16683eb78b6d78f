namespace Headroom.Cli.Configuration;

/// <summary>A setting, or a value of one, that counts only where another setting has one of some values: beside any other it would be ignored in silence, so it is refused.</summary>
/// <param name="setting">The other one, from the file's root, such as <c>model.preset</c>.</param>
/// <param name="values">The values beside which it counts.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class OnlyAttribute(string setting, params object[] values) : Attribute
{
    public string Setting => setting;

    public IReadOnlyList<object> Values => values;
}
