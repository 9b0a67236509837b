using System.CommandLine;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter completion SHELL</c>: the script with which a shell completes this program's commands, flags and names at the Tab key.</summary>
internal static class CompletionCommand
{
    // Each of them asks this program: "[suggest:POSITION]" prints the words that may stand there, one a line.
    private const string Bash = """
        # zmq_exporter completion for bash. To switch it on:
        #   zmq_exporter completion bash > ~/.local/share/bash-completion/completions/zmq_exporter
        # or for this shell alone:
        #   source <(zmq_exporter completion bash)
        _zmq_exporter() {
            local candidate word="${COMP_WORDS[COMP_CWORD]}" line="${COMP_LINE:0:COMP_POINT}"
            line="zmq_exporter${line#"${COMP_WORDS[0]}"}"
            # To bash "=" and ":" end a word: of --flag=value and of tcp://host:1 only what follows the last one is completed.
            [[ $word == [:=] ]] && word=""
            local whole="${line##* }"
            if [[ $whole == --*=* ]]; then
                line="${line%"$whole"}${whole/=/ }"
                whole="${whole#*=}"
            fi
            local before="${whole%"$word"}"
            COMPREPLY=()
            # Line by line: $(…) without quotation marks would take [::1] and * for patterns of file names.
            while IFS= read -r candidate; do
                [[ $candidate == "$whole"* ]] || continue
                candidate="${candidate#"$before"}"
                [[ $candidate == *[[:space:]]* ]] && printf -v candidate %q "$candidate"
                COMPREPLY+=("$candidate")
            done < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -o default -F _zmq_exporter zmq_exporter

        """;

    private const string Zsh = """
        #compdef zmq_exporter
        # zmq_exporter completion for zsh. To switch it on, put it into a directory of your fpath:
        #   zmq_exporter completion zsh > "${fpath[1]}/_zmq_exporter"
        # or, in ~/.zshrc after compinit:
        #   source <(zmq_exporter completion zsh)
        _zmq_exporter() {
            local line="zmq_exporter"
            (( CURRENT > 2 )) && line+=" ${(j: :)words[2,CURRENT-1]}"
            if [[ $PREFIX == --*=* ]]; then
                line+=" ${PREFIX/=/ }"
                compset -P '*='
            else
                line+=" $PREFIX"
            fi
            local -a candidates
            candidates=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
            candidates=(${candidates:#})
            (( ${#candidates} )) && compadd -- "${candidates[@]}" || _files
        }
        if [[ ${funcstack[1]} == _zmq_exporter ]]; then _zmq_exporter "$@"; else compdef _zmq_exporter zmq_exporter; fi

        """;

    private const string Fish = """
        # zmq_exporter completion for fish. To switch it on:
        #   zmq_exporter completion fish > ~/.config/fish/completions/zmq_exporter.fish
        # or for this shell alone:
        #   zmq_exporter completion fish | source
        function __zmq_exporter_complete
            set -l line (commandline -cp)
            set -l program (commandline -opc)[1]
            set -l flag (commandline -ct | string match -r '^--[^=]+=')
            if test -n "$flag"
                set line (string replace -- "$flag" (string replace = ' ' -- $flag) $line)
            end
            command $program "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null | string replace -r '^' -- "$flag"
        end
        complete -c zmq_exporter -a '(__zmq_exporter_complete)'

        """;

    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal) { ["bash"] = Bash, ["fish"] = Fish, ["zsh"] = Zsh };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "The shell", HelpName = "bash|zsh|fish" }.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Print the script with which a shell completes commands, flags and names at the Tab key; its first lines say how to switch it on") { shell };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(Scripts[parsed.GetRequiredValue(shell)]);
            return ExitCode.Ok;
        });
        return command;
    }
}
