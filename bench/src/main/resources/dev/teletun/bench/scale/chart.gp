# Draws what bench/scale measured: plot=FILE of commands, one chart each; chart=FILE to write, SVG; charts=how many.
# Points are medians, whiskers the least and the greatest of all rounds.
set terminal svg size 1000,260 * ((charts + 1) / 2) font "sans-serif,12" background "white"
set output chart
set border 3
set xtics nomirror
set ytics nomirror
set grid lc rgb "#dddddd"
set yrange [0:*]
set key bottom left
set offsets 0.3, 0.3, 0, 0
set errorbars small
set style line 1 lc rgb "#1b6ca8" lw 2 pt 7 ps 0.6
set style line 2 lc rgb "#d1603d" lw 2 pt 7 ps 0.6
set style line 3 lc rgb "#999999" lw 2 pt 7 ps 0.6
set multiplot layout (charts + 1) / 2, 2
load plot
unset multiplot
