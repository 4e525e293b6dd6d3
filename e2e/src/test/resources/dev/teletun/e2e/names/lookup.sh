# Asks what its arguments say: TYPE:NAME. Prints one line for each: TYPE:NAME, and what was found, sorted. The first argument is who asks:
# dig or getent.
by=$1
shift
for word; do
  name=${word#*:}
  case $by:${word%%:*} in
    dig:host) dig +short +search "$name" A "$name" AAAA | grep -v '\.$' ;;
    dig:ptr) dig +short -x "$name" ;;
    dig:srv) dig +short "$name" SRV | cut -d ' ' -f 3- ;;
    dig:*) dig +short "$name" "${word%%:*}" | tr -d '"' ;;
    getent:host) getent ahosts "$name" | cut -d ' ' -f 1 ;;
    getent:ptr) getent hosts "$name" | sed 's/.* //; s/$/./' ;;
  esac | LC_ALL=C sort -u | paste -sd ' ' | sed "s/^\$/none/; s|^|$word |"
done
