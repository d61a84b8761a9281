// The part of the completions of bash that knows no command.

/**
 * Reads a line as `args.ts` does, in bash from 3.2 on, which macOS has, with and without the package bash-completion.
 * It calls the functions that `bash.ts` makes of the table.
 */
export const BASH_ENGINE = `# Completion of doorward for bash, made by: doorward completions bash

_doorward() {
  local IFS=$' \\t\\n'
  COMPREPLY=()
  # After each word that is offered.
  local space=''
  if ! type compopt >/dev/null 2>&1; then space=' '; fi

  # Bash cuts words at "=" and ":". What stands together is one word here; its place is that of its first part.
  local words=() places=() count=0 i word gap rest=\${COMP_LINE:0:COMP_POINT}
  for ((i = 0; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    gap=\${rest%%"$word"*}
    rest=\${rest#*"$word"}
    if [[ $i -eq 0 || -n $gap ]]; then
      words[count]=$word
      places[count]=$i
      count=$((count + 1))
    else
      words[count - 1]+=$word
    fi
  done
  # What is left is the word before the cursor, or goes on with the last one.
  local current=\${rest#"\${rest%%[![:space:]]*}"} place=$COMP_CWORD
  if [[ $current == "$rest" && $count -gt 1 ]]; then
    count=$((count - 1))
    place=\${places[count]}
    current=\${words[count]}$rest
  fi

  # Bash puts what is in COMPREPLY in the place of $2 alone: what stands before it must not be there again.
  local kept=\${current%"$2"}
  kept=\${kept//[\\"\\'\\\\]/}
  current=$kept\${2//[\\"\\'\\\\]/}

  # The words before the cursor, as doorward reads them.
  local command='' waiting='' operands=0 ended='' long value
  for ((i = 1; i < count; i++)); do
    word=\${words[i]//[\\"\\'\\\\]/}
    if [[ -n $waiting ]]; then
      waiting=''
    elif [[ -z $ended && $word == -- ]]; then
      ended=yes
    elif [[ -z $ended && $word == --*=* ]]; then
      :
    elif [[ -z $ended && $word == --* ]]; then
      if _doorward_takes_value "$word"; then waiting=$word; fi
    elif [[ -z $ended && $word == -?* ]]; then
      if _doorward_letters "$word" && [[ -z $value ]]; then waiting=$long; fi
    elif [[ -z $command ]]; then
      command=$word
    elif _doorward_is_prefix "$command"; then
      _doorward_command_line "\${places[i]}"
      return
    else
      operands=$((operands + 1))
    fi
  done

  # What of the word stands before the value in it: "--mode=", or "-c".
  local lead=''
  if [[ -n $waiting ]]; then
    _doorward_offer "$waiting" "$current"
  elif [[ -z $ended && $current == --*=* ]]; then
    lead=\${current%%=*}=
    if _doorward_takes_value "\${lead%=}"; then _doorward_offer "\${lead%=}" "\${current#*=}"; fi
  elif [[ -z $ended && $current == -[!-]* ]] && _doorward_letters "$current"; then
    lead=\${current%"$value"}
    _doorward_offer "$long" "$value"
  elif [[ -z $ended && $current == -* ]]; then
    local list=''
    _doorward_options "$command"
    _doorward_add_from "$list" "$current"
  elif _doorward_is_prefix "$command"; then
    _doorward_command_line "$place"
  else
    _doorward_offer "$command $((operands + 1))" "$current"
  fi
}

# Reads -qc and -cKEY=VALUE: \`long\` is the option in it that takes a value, \`value\` what of that is there.
_doorward_letters() {
  local at
  for ((at = 1; at < \${#1}; at++)); do
    _doorward_long "-\${1:at:1}"
    if _doorward_takes_value "$long"; then
      value=\${1:at+1}
      return 0
    fi
  done
  return 1
}

# Offers what there is for a place, an option or a command and the number of its word, and what is there of it.
_doorward_offer() {
  local kind='' list='' keys=''
  _doorward_offered "$1"
  # Bash itself completes files where nothing is offered.
  if [[ $kind == files ]]; then return 0; fi
  _doorward_compopt +o default
  case $kind in
    words) _doorward_add_from "$list" "$2" ;;
    list)
      lead+=\${2%"\${2##*,}"}
      _doorward_compopt -o nospace
      _doorward_add_from "$list" "\${2##*,}"
      ;;
    settings)
      if [[ $2 == *=* ]]; then
        _doorward_add_from "$list" "$2"
      else
        _doorward_compopt -o nospace
        _doorward_add_from "$keys" "$2"
      fi
      ;;
    profiles)
      local file home=\${DOORWARD_HOME:-\${CODEX_HOME:-\${HOME-}/.config/doorward}}
      for file in "$home"/*.config.toml; do
        file=\${file##*/}
        file=\${file%.config.toml}
        # What has to be quoted is left to whoever gave it such a name.
        if [[ $file != *[!A-Za-z0-9._-]* ]]; then _doorward_add_from "$file" "$2"; fi
      done
      ;;
  esac
}

# Adds those words of a list that begin with $2.
_doorward_add_from() {
  local word
  for word in $1; do
    if [[ $word == "$2"* ]]; then
      word=$lead$word
      COMPREPLY[\${#COMPREPLY[@]}]=\${word#"$kept"}$space
    fi
  done
}

# Bash 3.2 has no compopt, and gets every space from us.
_doorward_compopt() {
  if type compopt >/dev/null 2>&1; then
    compopt "$@" 2>/dev/null
  elif [[ $2 == nospace ]]; then
    space=''
  fi
}

# Completes what begins at that place of COMP_WORDS as if it stood there alone.
_doorward_command_line() {
  if declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "$1"
  elif declare -F _command_offset >/dev/null; then
    _command_offset "$1"
  elif [[ $1 -eq $COMP_CWORD ]]; then
    local word IFS=$'\\n'
    for word in $(compgen -c -- "$current"); do
      COMPREPLY[\${#COMPREPLY[@]}]=\${word#"$kept"}$space
    done
  fi
}
`;

/** Where bash completes by itself, files are meant. */
export const BASH_REGISTRATION = `if type compopt >/dev/null 2>&1; then
  complete -o default -F _doorward doorward
else
  complete -o default -o nospace -F _doorward doorward
fi`;
