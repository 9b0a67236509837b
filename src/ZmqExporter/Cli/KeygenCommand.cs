using System.CommandLine;
using ZmqExporter.Configuration;
using Zmtp.Security;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter keygen</c>: a key pair for CURVE, as any ZeroMQ library takes it.</summary>
internal static class KeygenCommand
{
    private const int MaxFileSize = 64 * 1024;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var secretFile = new Option<string?>("--secret-file")
        {
            Description = "Write the secret key to this new file, for its owner alone, instead of printing it",
            HelpName = "file",
        };
        var fromFile = new Option<string?>("--from-secret-file")
        {
            Description = "Make no pair, and print the public key of the secret key in this file",
            HelpName = "file",
        };
        var command = new Command("keygen", "Make a CURVE key pair and print it in Z85") { secretFile, fromFile };
        command.Validators.Add(result =>
        {
            if (result.GetResult(secretFile) is not null && result.GetResult(fromFile) is not null)
            {
                result.AddError("--secret-file and --from-secret-file exclude each other: one makes a key, the other reads one");
            }
        });
        command.SetAction(parsed => parsed.GetValue(fromFile) is { } existing
            ? Show(existing, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error)
            : Run(parsed.GetValue(secretFile), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Show(string file, TextWriter output, TextWriter error)
    {
        if (!BoundedFile.TryRead(ConfigInputs.System, file, MaxFileSize, out var text, out var failure))
        {
            error.WriteLine($"zmq_exporter: {file} {failure.Message}; {failure.Remedy}");
            return ExitCode.Failed;
        }

        if (!CurveKeyPair.TryParse(text.TrimEnd('\r', '\n'), out var pair, out var problem))
        {
            error.WriteLine($"zmq_exporter: the key in {file} {problem}");
            return ExitCode.Failed;
        }

        output.WriteLine($"public_key: {pair.PublicKey}");
        return ExitCode.Ok;
    }

    private static int Run(string? secretFile, TextWriter output, TextWriter error)
    {
        var pair = Generate();
        if (secretFile is null)
        {
            output.WriteLine($"public_key: {pair.PublicKey}");
            output.WriteLine($"secret_key: {pair.ExportSecretKey()}");
            return ExitCode.Ok;
        }

        if (File.Exists(secretFile))
        {
            error.WriteLine($"zmq_exporter: {secretFile} exists already and is left as it is: a lost key cannot be made again");
            return ExitCode.Failed;
        }

        if (Path.GetDirectoryName(Path.GetFullPath(secretFile)) is { } directory && !Directory.Exists(directory))
        {
            error.WriteLine($"zmq_exporter: {secretFile} cannot be written: there is no directory {directory}");
            return ExitCode.Failed;
        }

        try
        {
            Write(secretFile, pair.ExportSecretKey());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            error.WriteLine($"zmq_exporter: {secretFile} cannot be written: {(e is UnauthorizedAccessException ? "permission denied" : Logging.LogfmtText.OneLine(e.Message))}");
            return ExitCode.Failed;
        }

        output.WriteLine($"public_key: {pair.PublicKey}");
        output.WriteLine($"secret_key_file: {secretFile}");
        return ExitCode.Ok;
    }

    // "${" begins a variable in our own configuration, and one key in about two hundred would have it.
    private static CurveKeyPair Generate()
    {
        while (true)
        {
            var pair = CurveKeyPair.Generate();
            if (!pair.PublicKey.ToString().Contains("${", StringComparison.Ordinal) && !pair.ExportSecretKey().Contains("${", StringComparison.Ordinal))
            {
                return pair;
            }
        }
    }

    private static void Write(string path, string secret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write }; // never over another file
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(secret);
        writer.Write('\n');
    }
}
