using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Headroom.Cli.Tests")]
