import type { Choice, Grammar, GrammarOption } from "./grammar.ts";

/**
 * Completion for PowerShell. Nothing but ASCII: Windows PowerShell takes a file without a mark for the code page of
 * the machine.
 */
export function powershellCompletion(grammar: Grammar): string {
  const { options, before, commands } = grammar;
  const prefixes = commands.filter(({ isPrefix }) => isPrefix).map(({ name }) => name);
  return [
    "# Completion of doorward for PowerShell, made by: doorward completions powershell",
    "",
    "Register-ArgumentCompleter -Native -CommandName doorward -ScriptBlock {",
    "    param($wordToComplete, $commandAst, $cursorPosition)",
    "",
    "    # What each option means, and which letter stands for it.",
    "    $meanings = [ordered]@{",
    ...options.map(({ long, meaning }) => `        ${quoted(long)} = ${quoted(ascii(meaning))}`),
    "    }",
    "    $letters = New-Object System.Collections.Hashtable",
    ...options.filter(({ short }) => short !== null).map(({ short, long }) =>
      `    $letters[${quoted(short!)}] = ${quoted(long)}`
    ),
    `    $takesValue = ${list(options.filter(({ value }) => value !== null).map(longName))}`,
    "",
    "    # What each command does, and the options that it takes; those of the empty name stand before any.",
    "    $summaries = [ordered]@{",
    ...commands.map(({ name, summary }) => `        ${quoted(name)} = ${quoted(ascii(summary))}`),
    "    }",
    "    $options = @{",
    `        '' = ${list(before.map(longName))}`,
    ...commands.map(({ name, options }) =>
      `        ${quoted(name)} = ${list(options.map(longName))}`
    ),
    "    }",
    `    $prefixes = ${list(prefixes)}`,
    "",
    "    # What is offered for the value of an option, and for each word of a command; '+' goes for all that follow.",
    "    $offers = @{",
    ...options.flatMap(({ long, choice }) => offer(long, choice)),
    ...commands.flatMap(({ name, words, goesOn }) =>
      words.flatMap((choice, at) =>
        offer(`${name} ${goesOn && at === words.length - 1 ? "+" : at + 1}`, choice)
      )
    ),
    "    }",
    ENGINE,
  ].join("\n");
}

function longName({ long }: GrammarOption): string {
  return long;
}

/** A row of `$offers`: the kind, and the words. Where there is none PowerShell itself offers files. */
function offer(place: string, choice: Choice): readonly string[] {
  const row = (words: readonly string[]): readonly string[] => [
    `        ${quoted(place)} = @{ kind = ${quoted(choice.kind)}; words = ${list(words)} }`,
  ];
  switch (choice.kind) {
    case "nothing":
    case "files":
      return [];
    case "words":
    case "list":
      return row(choice.words);
    case "profiles":
      return row([]);
    case "settings":
      return row([...choice.keys, ...choice.settings]);
  }
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(", ")})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The ellipsis is all that our texts have beyond ASCII. */
function ascii(text: string): string {
  return text.replaceAll("…", "...");
}

const ENGINE = `
    # The line up to the cursor, in words. PowerShell cuts them where it sees operators, and we at blanks alone.
    $words = @()
    $current = ''
    $end = -1
    foreach ($element in $commandAst.CommandElements) {
        $from = $element.Extent.StartOffset
        if ($from -ge $cursorPosition) { break }
        $text = $element.Extent.Text
        if ($element.Extent.EndOffset -gt $cursorPosition) {
            $text = $text.Substring(0, $cursorPosition - $from)
        }
        $text = $text -replace '["'']', ''
        if ($from -eq $end) { $current += $text }
        else {
            if ($end -ge 0) { $words += $current }
            $current = $text
        }
        $end = $element.Extent.EndOffset
    }
    if ($end -lt $cursorPosition) {
        $words += $current
        $current = ''
    }

    # What is put in the place of the word at the cursor must not say again what stands before that word.
    $typed = $wordToComplete -replace '["'']', ''
    $kept = ''
    if ($current.EndsWith($typed)) { $kept = $current.Substring(0, $current.Length - $typed.Length) }

    # Reads -qc and -cKEY=VALUE: the option in it that takes a value, and what of that is there.
    $readLetters = {
        param($word)
        for ($at = 1; $at -lt $word.Length; $at++) {
            $long = $letters['-' + $word[$at]]
            if ($long -and $takesValue -ccontains $long) { return @($long, $word.Substring($at + 1)) }
        }
    }

    # The words before the cursor, as doorward reads them.
    $command = ''
    $waiting = ''
    $operands = 0
    $ended = $false
    foreach ($word in @($words | Select-Object -Skip 1)) {
        if ($waiting) { $waiting = '' }
        elseif (-not $ended -and $word -ceq '--') { $ended = $true }
        elseif (-not $ended -and $word.StartsWith('--')) {
            if ($takesValue -ccontains $word) { $waiting = $word }
        }
        elseif (-not $ended -and $word.StartsWith('-') -and $word.Length -gt 1) {
            $read = & $readLetters $word
            if ($read -and $read[1] -eq '') { $waiting = $read[0] }
        }
        elseif ($command -ceq '') { $command = $word }
        else { $operands++ }
    }

    # Where the cursor is in them, and what stands before the value there.
    $place = "$command $($operands + 1)"
    $lead = ''
    $value = $current
    $read = $null
    if (-not $ended -and $current -cmatch '^-[^-]') { $read = & $readLetters $current }
    if ($waiting) { $place = $waiting }
    elseif ($prefixes -ccontains $command -and ($operands -gt 0 -or $ended -or -not $current.StartsWith('-'))) {
        # The words of a command line: the first is a command, for the rest PowerShell offers files.
        if ($operands -eq 0) {
            [System.Management.Automation.CompletionCompleters]::CompleteCommand($current)
        }
        return
    }
    elseif (-not $ended -and $current -match '^(--[^=]+)=(.*)$') {
        $place = $Matches[1]
        $lead = $Matches[1] + '='
        $value = $Matches[2]
    }
    elseif ($read) {
        $place = $read[0]
        $value = $read[1]
        $lead = $current.Substring(0, $current.Length - $value.Length)
    }
    elseif (-not $ended -and $current.StartsWith('-')) { $place = 'options' }

    $candidates = @()
    if ($place -ceq 'options') { $candidates = $options[$command] }
    elseif ($place -ceq ' 1') { $candidates = $summaries.Keys }
    else {
        $offer = $offers[$place]
        if (-not $offer -and $place -notlike '--*') { $offer = $offers["$command +"] }
        if (-not $offer) { return }
        $candidates = $offer.words
        if ($offer.kind -ceq 'list') {
            $value = ($value -split ',')[-1]
            $lead = $current.Substring(0, $current.Length - $value.Length)
        }
        elseif ($offer.kind -ceq 'settings') {
            # Settings have a value; before there is one, the keys alone.
            $isValue = $value.Contains('=')
            $candidates = $candidates | Where-Object { $isValue -or $_.EndsWith('=') }
        }
        elseif ($offer.kind -ceq 'profiles') {
            $folder = @($env:DOORWARD_HOME, $env:CODEX_HOME) | Where-Object { $_ } | Select-Object -First 1
            if (-not $folder -and $env:APPDATA) { $folder = Join-Path $env:APPDATA 'doorward' }
            if (-not $folder) { $folder = Join-Path $HOME '.config/doorward' }
            $candidates = Get-ChildItem -Path $folder -Filter '*.config.toml' -ErrorAction SilentlyContinue |
                ForEach-Object { $_.Name -replace '\\.config\\.toml$', '' }
        }
    }

    foreach ($candidate in @($candidates)) {
        if (-not $candidate -or -not $candidate.StartsWith($value, [System.StringComparison]::Ordinal)) { continue }
        $whole = $lead + $candidate
        if ($whole.StartsWith($kept, [System.StringComparison]::Ordinal)) { $whole = $whole.Substring($kept.Length) }
        $told = $candidate
        if ($place -ceq 'options') { $told = $meanings[$candidate] }
        elseif ($place -ceq ' 1') { $told = $summaries[$candidate] }
        [System.Management.Automation.CompletionResult]::new($whole, $candidate, 'ParameterValue', $told)
    }
}`;
