/**
 * Whether a line can be read from the terminal now, without taking it from anybody: there is one; our process
 * group is in front of it; and it hands out whole lines and shows what is typed. A program that has turned that
 * off reads single keys, or a password.
 */
const CHECK = `
in_front() {
  if [ -r "/proc/$$/stat" ]; then
    read -r a b c d group e f front rest <"/proc/$$/stat" && [ "$group" = "$front" ]
  else
    case $(ps -o stat= -p $$) in *+*) true ;; *) false ;; esac
  fi
}
takes_lines() {
  lines= shown=
  for mode in $(stty -a </dev/tty); do
    case \${mode%;} in
      icanon) lines=yes ;;
      echo) shown=yes ;;
    esac
  done
  [ "$lines$shown" = yesyes ]
}
may_read() { in_front && takes_lines; }
`;

/**
 * Says \`listening\`, then the line. What reads is killed as soon as we are told to end, or whoever started us is
 * gone, or the terminal is wanted by somebody else: looked at once a second. Without SIGTTIN a read from the
 * background fails instead of stopping everybody in the process group.
 */
const READ = `
reader=
quit() {
  trap '' TERM INT HUP QUIT
  kill $reader $!
  wait
  exit 3
}
trap quit TERM INT HUP QUIT
trap '' TTIN
may_read || exit 3
{ echo listening; exec dd bs=4096 count=1; } </dev/tty &
reader=$!
exec >/dev/null
while sleep 1 & wait $!; do
  kill -0 $reader && kill -0 $PPID && may_read || quit
done
quit
`;

/** The words that tell by their exit code whether a line can be read from the terminal. */
export const CHECK_WORDS = ["sh", "-c", `${CHECK}\nmay_read`] as const;

/** The words that read one. */
export const READ_WORDS = ["sh", "-c", `${CHECK}\n${READ}`] as const;

/** What they say before they listen. */
export const LISTENING = "listening\n";
