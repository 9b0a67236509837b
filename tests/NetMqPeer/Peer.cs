using System.Collections.Concurrent;

namespace NetMqPeer;

/// <summary>Prints "ready PORT", and then takes turns between commands of the standard input and its own work; ends with that input.</summary>
internal abstract class Peer : IDisposable
{
    /// <summary>How long a turn may take.</summary>
    protected static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(10);

    private readonly BlockingCollection<string> _commands = [];

    /// <summary>Serves until the end of the standard input.</summary>
    public void Run()
    {
        new Thread(ReadCommands) { IsBackground = true, Name = "commands" }.Start();
        while (!_commands.IsCompleted)
        {
            while (_commands.TryTake(out var command))
            {
                Console.WriteLine(Obey(command) ? $"ok {command}" : $"error {command}");
            }

            TakeTurn();
        }
    }

    /// <inheritdoc />
    public virtual void Dispose() => _commands.Dispose();

    /// <summary>Carries out a command; false when it is unknown.</summary>
    protected abstract bool Obey(string command);

    /// <summary>Does what there is to do, and waits at most for a <see cref="Turn"/>.</summary>
    protected abstract void TakeTurn();

    /// <summary>Waits for a turn, or for a command.</summary>
    protected void Wait(TimeSpan time)
    {
        if (_commands.TryTake(out var command, time))
        {
            Console.WriteLine(Obey(command) ? $"ok {command}" : $"error {command}");
        }
    }

    private void ReadCommands()
    {
        while (Console.ReadLine() is { } line)
        {
            _commands.Add(line);
        }

        _commands.CompleteAdding();
    }
}
