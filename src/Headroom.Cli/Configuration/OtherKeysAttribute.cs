namespace Headroom.Cli.Configuration;

/// <summary>Takes the keys that no other property has, for settings whose keys somebody else knows.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OtherKeysAttribute : Attribute;
