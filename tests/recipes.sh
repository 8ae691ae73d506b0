# shellcheck shell=sh
# For the cases of tests/cmd/recipes.cases: the scripts of hinoban(7) as they stand there,
# with a clock, which tells four in the morning of a day of November 2026, and a network
# that gives what the file `found` holds. Sourced in the folder of the case.

# script N: the Nth script of the page.
script() {
    awk -v wanted="$1" '/^#!/ { inside = ++count == wanted }
        /^\.Ed/ { inside = 0 }
        inside { gsub(/\\e/, "\\"); print }' "$TOP/man/hinoban.7"
}

mkdir bin
script 1 >bin/minute
script 2 >bin/nightly
cat >bin/date <<'END'
#!/bin/sh
case $1$2 in
-dyesterday) DAY=$((DAY - 1)) ;;
-d*' + 1 day') DAY=${2% + 1 day} DAY=$((${DAY##*-} + 1)) ;;
esac
echo "2026-11-$DAY"
END
cat >bin/hinoban <<'END'
#!/bin/sh
name=hinoban-$1 now="--now 2026-11-$((DAY - 1))T19:00:00Z"
shift
case $name in
*-fetch) exec cat found ;;
*-dedupe | *-report) exec $name $now "$@" ;;
*) exec $name "$@" ;;
esac
END
chmod +x bin/*
PATH=$PWD/bin:$PATH
export DAY=10

# posts ID TIME...: are what is found next.
posts() {
    : >found
    [ $# = 0 ] || printf '{"id":"%s","time":"2026-11-%s:00Z","text":"パンに虫が入っていた。最悪"}\n' "$@" >found
}

# What the judged posts come to on a day, as far as a jq expression asks.
told() {
    hinoban report --day "2026-11-$1" --json judged-*.ndjson.gz | jq -c "$2"
}
