using System.CommandLine;
using ZmqExporter.Configuration;
using Zmtp.Security;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter keygen</c>: a key pair for CURVE, as any ZeroMQ library takes it.</summary>
internal static class KeygenCommand
{
    private const int MaxFileSize = 64 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var secretFile = new Option<string?>("--secret-file")
        {
            Description = "Write the secret key to this new file, for its owner alone, instead of printing it",
            HelpName = "file",
        };
        var publicFile = new Option<string?>("--public-file")
        {
            Description = "Write the public key to this new file, for everyone to read, instead of printing it",
            HelpName = "file",
        };
        var fromFile = new Option<string?>("--from-secret-file")
        {
            Description = "Make no pair, and give the public key of the secret key in this file",
            HelpName = "file",
        };
        var command = new Command("keygen", "Make a CURVE key pair and print it in Z85") { secretFile, publicFile, fromFile };
        command.Validators.Add(result =>
        {
            if (result.GetResult(secretFile) is not null && result.GetResult(fromFile) is not null)
            {
                result.AddError("--secret-file and --from-secret-file exclude each other: one makes a key, the other reads one");
            }
            else if (result.GetValue(secretFile) is { } secret && result.GetValue(publicFile) is { } open && Path.GetFullPath(secret) == Path.GetFullPath(open))
            {
                result.AddError("--secret-file and --public-file are one file: write two");
            }
        });
        command.SetAction(parsed =>
        {
            var error = parsed.InvocationConfiguration.Error;
            var problem = Run(
                File(parsed.GetValue(secretFile), OwnerOnly, "a lost key cannot be made again"),
                File(parsed.GetValue(publicFile), Readable, "servers may know the key in it"),
                parsed.GetValue(fromFile),
                parsed.InvocationConfiguration.Output);
            if (problem is null)
            {
                return ExitCode.Ok;
            }

            error.WriteLine($"zmq_exporter: {problem}");
            return ExitCode.Failed;
        });
        return command;
    }

    private static NewFile? File(string? path, UnixFileMode mode, string reason) => path is null ? null : new NewFile(path, mode, reason);

    // What went wrong, or null.
    private static string? Run(NewFile? secretFile, NewFile? publicFile, string? fromFile, TextWriter output)
    {
        if ((secretFile?.Problem() ?? publicFile?.Problem()) is { } problem)
        {
            return problem;
        }

        if (fromFile is not null)
        {
            return Read(fromFile, out var pair) ?? WritePublic(pair!, publicFile, output);
        }

        var made = Generate();
        if (secretFile?.Write(made.ExportSecretKey()) is { } failure)
        {
            return failure;
        }

        // The secret key is there by now, and its public key can always be had from it.
        if (WritePublic(made, publicFile, output) is { } trouble)
        {
            return secretFile is null ? trouble : $"{trouble}; the secret key is in {secretFile.Path}: zmq_exporter keygen --from-secret-file {secretFile.Path} gives its public key";
        }

        output.WriteLine(secretFile is null ? $"secret_key: {made.ExportSecretKey()}" : $"secret_key_file: {secretFile.Path}");
        return null;
    }

    private static string? WritePublic(CurveKeyPair pair, NewFile? file, TextWriter output)
    {
        if (file?.Write(pair.PublicKey.ToString()) is { } problem)
        {
            return problem;
        }

        output.WriteLine(file is null ? $"public_key: {pair.PublicKey}" : $"public_key_file: {file.Path}");
        return null;
    }

    private static string? Read(string file, out CurveKeyPair? pair)
    {
        pair = null;
        return !BoundedFile.TryRead(ConfigInputs.System, file, MaxFileSize, out var text, out var failure) ? $"{file} {failure.Message}; {failure.Remedy}"
            : !CurveKeyPair.TryParse(text.TrimEnd('\r', '\n'), out pair, out var problem) ? $"the key in {file} {problem}"
            : null;
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
}
