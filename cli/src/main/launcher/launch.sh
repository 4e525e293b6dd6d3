# How TeleTUN's JVM is started. Sourced by what starts it: ./teletun in a source tree, bin/teletun where it is installed; and by
# what prepares either.
#
# A program's home is a directory with class-path, its jars' names in there; jvm.options; native/, the native libraries; and, for
# each kind of command, an AOT cache (JEP 483, 514), KIND.aot. Nothing in there says where it is, so it may be moved.
#
#   client  what connects, and the lab
#   server  both servers: a cache costs, all of its classes are linked at each start, and all of its pages stay in memory
#   quick   what is over at once, and does without the optimizing compiler, whose work would come too late
# shellcheck shell=bash

# jvm_options HOME KIND [NOW]: afterwards the array options is what java is told before the main class. NOW, if given, is where
# HOME is for now.
jvm_options() {
  local home=$1 kind=$2 now=${3:-$1} class_path
  IFS= read -r class_path <"$now/class-path"
  options=("@$home/jvm.options" -Djna.nounpack=true "-Djna.boot.library.path=$home/native" "-Djava.library.path=$home/native")
  [ "$kind" != quick ] || options+=(-XX:TieredStopAtLevel=1)
  [ ! -s "$now/$kind.aot" ] || options+=("-XX:AOTCache=$home/$kind.aot")
  options+=(-cp "$home/${class_path//:/":$home/"}")
}

# reduce: afterwards the array reduced is the beginning of a command line that leaves root no more capabilities than the client
# needs. Without SECBIT_NOROOT the kernel would give root all of them. The programs of the host that the client runs get them
# back (FullRoot). sys_ptrace is for the environments of sudo and of ssh logins.
reduce() {
  local capabilities=-all,+chown,+dac_override,+fowner,+kill,+net_admin,+net_bind_service,+net_raw,+setgid,+setpcap,+setuid,+sys_ptrace
  local setpriv=(setpriv --securebits=+noroot "--inh-caps=$capabilities" "--ambient-caps=$capabilities" --)
  # not in busybox, nor in containers that have not all of these
  [ "$EUID" != 0 ] || ! "${setpriv[@]}" true 2>/dev/null || reduced=("${setpriv[@]}")
}

# launch JAVA HOME ARGUMENT…: the Java program takes this process's place, so its pid, signals and exit code are the program's.
launch() {
  local java=$1 home=$2 kind=quick terminal=false options reduced=()
  shift 2
  case " ${1:-none} $* " in
    *" -h "* | *-help" "*) ;;
    " server-external "* | " server-cluster "*) kind=server ;;
    " client "* | " up "*) kind=client && reduce ;;
    " lab "*) kind=client ;;
  esac
  [ ! -t 2 ] || terminal=true
  jvm_options "$home" "$kind"
  exec "${reduced[@]}" "$java" "${options[@]}" "-Dteletun.terminal=$terminal" "-Dteletun.launcher=$0" dev.teletun.cli.Main "$@"
}
