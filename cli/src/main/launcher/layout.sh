# How a home of TeleTUN (launch.sh) is made. Sourced after launch.sh by ./teletun, whose home is cli/target, and by what makes
# images and packages of that: deploy/program, deploy/build-dist.
# shellcheck shell=bash

# as_owner COMMAND…: runs it as whose the files shall be. ./teletun has its own.
as_owner() { "$@"; }

# runtime JDK DIR MODULES: a Java runtime of these modules and of what they need.
runtime() {
  "$1/bin/jlink" --add-modules "$3" --strip-debug --no-header-files --no-man-pages --compress zip-6 --output "$2"
}

# copy_home FROM TO [WITHOUT]: what of a home does not depend on the JVM. WITHOUT is a regular expression of jars to leave out.
copy_home() {
  local from=$1 to=$2 without=${3:-^$} jar class_path kept=''
  mkdir -p "$to/lib"
  IFS= read -r class_path <"$from/class-path"
  while IFS= read -r jar; do
    [[ ! ${jar##*/} =~ $without ]] || continue
    cp "$from/$jar" "$to/lib/"
    kept+=:lib/${jar##*/}
  done < <(tr : '\n' <<<"$class_path")
  printf '%s\n' "${kept#:}" >"$to/class-path"
  cp -r "$from/native" "$from/jvm.options" "$to/"
}

# print_options HOME KIND [NOW]: the content of a java @argfile of jvm_options.
print_options() {
  local options
  jvm_options "$@"
  cat "${3:-$1}/jvm.options"
  options=("${options[@]:1}") # an @argfile names no other
  options=("${options[@]//\\/\\\\}")
  printf '"%s"\n' "${options[@]}"
}

# train JAVA HOME KIND MAIN…: makes HOME/KIND.aot of what MAIN loads.
train() {
  local java=$1 home=$2 kind=$3 options
  shift 3
  as_owner rm -f "$home/$kind.aot"
  jvm_options "$home" "$kind"
  as_owner "$java" "${options[@]}" "-XX:AOTCacheOutput=$home/$kind.aot" "$@" </dev/null && [ -s "$home/$kind.aot" ] && return
  as_owner rm -f "$home/$kind.aot"
  return 1
}

# train_connected JAVA HOME: makes HOME/client.aot of a whole connection in a lab, whose commands this machine must have.
train_connected() {
  local java=$1 home=$2 options
  as_owner rm -f "$home/client.aot"
  jvm_options "$home" client
  as_owner "$java" "${options[@]}" "$prepare.TrainingInLab" "$home/client.aot" "$java" "${options[@]}" </dev/null &&
    [ -s "$home/client.aot" ] && return
  as_owner rm -f "$home/client.aot"
  return 1
}

# train_all JAVA HOME: makes all three, or as many as can be made, and fails then.
train_all() {
  local failed=0 prepare=dev.teletun.cli.prepare
  train "$1" "$2" quick dev.teletun.cli.Main --help || failed=1
  train "$1" "$2" server "$prepare.Training" servers || failed=1
  train_connected "$1" "$2" || {
    echo "no lab here, so no training by connecting: clients take a third longer to start"
    train "$1" "$2" client "$prepare.Training" || failed=1
  }
  return "$failed"
}
