# Draws what bench/peers measured: data=FILE of columns, one block for each figure; chart=FILE to write, SVG.
# Block numbers are those of the enum Figure. Bars are medians, whiskers the least and the greatest of all rounds.
set datafile separator tab
set terminal svg size 1000,640 font "sans-serif,12" background "white"
set output chart

stats data index 0 using 3 nooutput
n = STATS_records
name(i) = system(sprintf("sed -n '%dp' '%s' | cut -f2 | tr -d '\"'", i + 1, data))

array colour[7] = [0x1b6ca8, 0x7fb2d9, 0xd1603d, 0x6a994e, 0x8e7dbe, 0x999999, 0x444444]
set style fill solid 0.9 noborder

set ytics nomirror
set xtics nomirror scale 0
set border 3
set grid ytics lc rgb "#dddddd"
set errorbars small lw 1 lc rgb "#222222"
unset key

x(group, i) = group * (n + 1) + i
middle(group) = group * (n + 1) + (n - 1) / 2.0

do for [i = 0:n - 1] {
  set label "■ ".name(i) at screen 0.08 + 0.135 * i, screen 0.97 textcolor rgb colour[i + 1] font ",14"
}

set multiplot layout 2,2 margins 0.07,0.98,0.08,0.9 spacing 0.09,0.14
set yrange [0:*]
set offsets 0.3, 0.3, 0, 0

set title "TCP, Gb/s: more is better" offset 0,-0.5
set xtics ("1 up" middle(0), "1 down" middle(1), "4 up" middle(2), "4 down" middle(3))
plot for [g = 0:3] data index g using (x(g, $0)):3:4:5:(0.9):(colour[$0 + 1]) with boxerrorbars lc rgb variable

unset label
set title "CPU seconds of all processes of the tunnel per GB: less is better"
set xtics ("1 up" middle(0), "1 down" middle(1))
plot for [g = 0:1] data index (g + 4) using (x(g, $0)):3:4:5:(0.9):(colour[$0 + 1]) with boxerrorbars lc rgb variable

set title "64-byte UDP without loss, 1000 packets/s: more is better"
set xtics ("up" middle(0), "down" middle(1))
plot for [g = 0:1] data index (g + 6) using (x(g, $0)):3:4:5:(0.9):(colour[$0 + 1]) with boxerrorbars lc rgb variable

set title "round trip, microseconds, logarithmic: less is better"
set logscale y
set yrange [10:*]
set xtics ("idle p50" middle(0), "idle p99" middle(1), "half p50" middle(2), "half p99" middle(3), "full p50" middle(4), "full p99" middle(5))
plot for [g = 0:5] data index (g + 8) using (x(g, $0)):3:4:5:(0.9):(colour[$0 + 1]) with boxerrorbars lc rgb variable
unset multiplot
