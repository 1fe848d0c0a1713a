using System.Text;

namespace Likeness.Cli.Lines;

/// <summary>Scripts that let shells complete lines. They hold all words: no completion waits for the tool to start.</summary>
internal static class CompletionScripts
{
    /// <summary>Every shell that has a script.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "powershell"];

    public static string Of(string shell, CompletionWords words) => shell switch
    {
        "bash" => Functions(words) + BashEnd,
        "zsh" => Functions(words) + ZshEnd,
        "fish" => Fish(words),
        _ => PowerShell(words),
    };

    // bash and zsh read the same functions: the words after a command, the values of an option, the options of a model, and
    // what the line so far is about.
    private static string Functions(CompletionWords words)
    {
        var text = new StringBuilder("_likeness_words() {\n  case \"$1\" in\n");
        foreach (var verb in words.Verbs)
        {
            text.Append($"    \"{verb.Path}\") echo \"{string.Join(' ', verb.Commands.Select(c => c.Name).Concat(verb.Values))} {string.Join(' ', verb.Flags.SelectMany(f => f.Names))}\" ;;\n");
        }

        text.Append("  esac\n}\n_likeness_values() {\n  case \"$1 $2\" in\n");
        foreach (var group in words.Verbs.SelectMany(v => v.Flags.Where(f => f.Values.Count > 0).SelectMany(f => f.Names.Select(n => (Key: $"\"{v.Path} {n}\"", Values: string.Join(' ', f.Values))))).GroupBy(p => p.Values))
        {
            text.Append($"    {string.Join('|', group.Select(p => p.Key))}) echo \"{group.Key}\" ;;\n");
        }

        text.Append("  esac\n}\n_likeness_settings() {\n  case \"$1\" in\n");
        foreach (var (model, keys) in words.Settings)
        {
            text.Append($"    {model}) echo \"{string.Join(' ', keys)}\" ;;\n");
        }

        return text.Append($$"""
              esac
            }
            # Of the words of a line: verb, model (as named, or as the run's record says), and the last option.
            _likeness_line() {
              verb="" model="" flag=""
              local word seen
              for word in "$@"; do
                case "$word" in
                  -*) flag="$word" ;;
                  *)
                    seen="${verb:+$verb }$word"
                    if [ -z "$flag" ] && [ -n "$(_likeness_words "$seen")" ]; then verb="$seen"
                    elif [ -z "$model" ] && [ -n "$(_likeness_settings "$word")" ]; then model="$word"
                    elif [ -z "$model" ] && [ -f "$word/run.json" ]; then
                      model="$(sed -n 's/^ *"recipe": *"\([^"]*\)".*/\1/p' "$word/run.json" | head -n 1)"
                    fi ;;
                esac
              done
            }

            """).ToString();
    }

    private const string BashEnd = """
        _likeness() {
          local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" verb model flag words
          [ "$current" = "=" ] && { COMPREPLY=(); return; }
          _likeness_line "${COMP_WORDS[@]:1:COMP_CWORD-1}"
          if [ "$flag" = "--set" ] && [ "${current#-}" = "$current" ]; then
            [ "$previous" = "=" ] && return
            compopt -o nospace 2>/dev/null
            words="$(_likeness_settings "$model")"
          else
            words="$(_likeness_values "$verb" "$previous")"
            [ -z "$words" ] && words="$(_likeness_words "$verb")"
          fi
          COMPREPLY=($(compgen -W "$words" -- "$current"))
        }
        complete -o default -F _likeness likeness ./likeness
        """;

    private const string ZshEnd = """
        _likeness() {
          local verb model flag previous="${words[CURRENT-1]}"
          local -a found
          _likeness_line "${(@)words[2,CURRENT-1]}"
          if [[ "$flag" = "--set" && "${words[CURRENT]}" != -* ]]; then
            found=(${=$(_likeness_settings "$model")})
            compadd -S '' -- $found
          else
            found=(${=$(_likeness_values "$verb" "$previous")})
            (( ${#found} )) || found=(${=$(_likeness_words "$verb")})
            compadd -- $found
            _files
          fi
        }
        (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
        compdef _likeness likeness ./likeness
        """;

    private static string Fish(CompletionWords words)
    {
        var text = new StringBuilder("function __likeness_settings\n  set -l model\n  for word in (commandline -opc)\n    if test -f $word/run.json\n      set word (string match -rg '\"recipe\": *\"([^\"]*)\"' < $word/run.json)[1]\n    end\n    switch $word\n");
        foreach (var (model, keys) in words.Settings)
        {
            text.Append($"      case {model}\n        string split ' ' -- '{string.Join(' ', keys)}'\n        return\n");
        }

        text.Append("""
                end
              end
            end
            # Whether the verb of the line is this one.
            function __likeness_verb
              set -l seen (__likeness_seen)
              test "$seen" = "$argv"; or string match -q -- "$argv *" "$seen"
            end
            # Whether so many words that are no options were typed.
            function __likeness_none
              test (count (string split -n ' ' -- (__likeness_seen))) -eq $argv[1]
            end
            function __likeness_seen
              set -l line (commandline -opc)
              set -e line[1]
              string join ' ' -- (string match -v -- '-*' $line)
            end

            """);
        foreach (var verb in words.Verbs)
        {
            var (path, depth) = (verb.Path, verb.Path.Length == 0 ? 0 : verb.Path.Split(' ').Length);
            var when = depth == 0 ? "__likeness_none 0" : $"__likeness_verb {path}";
            foreach (var (name, meaning) in verb.Commands)
            {
                text.Append($"complete -c likeness -f -n '{when}; and __likeness_none {depth}' -a {name} -d '{Quoted(meaning)}'\n");
            }

            if (verb.Values.Count > 0)
            {
                text.Append($"complete -c likeness -n '{when}; and __likeness_none {depth}' -a '{string.Join(' ', verb.Values)}'\n");
            }

            foreach (var flag in verb.Flags)
            {
                var names = string.Concat(flag.Names.Select(n => n.StartsWith("--", StringComparison.Ordinal) ? $" -l {n[2..]}" : $" -s {n[1..]}"));
                var values = flag.Name == "--set" ? " -x -a '(__likeness_settings)'" : flag.Values.Count > 0 ? $" -r -a '{string.Join(' ', flag.Values)}'" : flag.TakesValue ? " -r" : "";
                text.Append($"complete -c likeness -n '{when}'{names}{values} -d '{Quoted(flag.Meaning)}'\n");
            }
        }

        return text.ToString().TrimEnd();
    }

    private static string PowerShell(CompletionWords words)
    {
        var text = new StringBuilder("$likenessWords = @{\n");
        foreach (var verb in words.Verbs)
        {
            text.Append($"  '{verb.Path}' = '{string.Join(' ', verb.Commands.Select(c => c.Name).Concat(verb.Values).Concat(verb.Flags.SelectMany(f => f.Names)))}'\n");
        }

        text.Append("}\n$likenessValues = @{\n");
        foreach (var (key, values) in words.Verbs.SelectMany(v => v.Flags.Where(f => f.Values.Count > 0).SelectMany(f => f.Names.Select(n => ($"{v.Path} {n}", f.Values)))))
        {
            text.Append($"  '{key}' = '{string.Join(' ', values)}'\n");
        }

        text.Append("}\n$likenessSettings = @{\n");
        foreach (var (model, keys) in words.Settings)
        {
            text.Append($"  '{model}' = '{string.Join(' ', keys)}'\n");
        }

        return text.Append("""
            }
            Register-ArgumentCompleter -Native -CommandName likeness -ScriptBlock {
              param($current, $ast, $position)
              $verb = ''; $model = ''; $flag = ''; $previous = ''
              foreach ($element in ($ast.CommandElements | Select-Object -Skip 1)) {
                if ($element.Extent.EndOffset -ge $position) { break }
                $word = $element.ToString(); $previous = $word
                if ($word.StartsWith('-')) { $flag = $word; continue }
                $seen = "$verb $word".Trim()
                if (-not $flag -and $likenessWords.ContainsKey($seen)) { $verb = $seen }
                elseif (-not $model -and $likenessSettings.ContainsKey($word)) { $model = $word }
                elseif (-not $model -and (Test-Path "$word/run.json")) { $model = (Get-Content "$word/run.json" -Raw | ConvertFrom-Json).recipe }
              }
              $found = if ($flag -eq '--set' -and -not $current.StartsWith('-')) { $likenessSettings[$model] }
                elseif ($likenessValues.ContainsKey("$verb $previous")) { $likenessValues["$verb $previous"] }
                else { $likenessWords[$verb] }
              "$found".Split(' ') | Where-Object { $_ -and $_.StartsWith($current) } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """).ToString();
    }

    private static string Quoted(string text) => text.Replace("'", "\\'", StringComparison.Ordinal);
}
