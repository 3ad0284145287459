package cli_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// writeHistory writes 30 days of hours from Sunday 2026-03-01 on, busier by day and idler at weekends, in a format, as
// one series called web and, where the format holds several, one called app with twice the traffic. Hour 200 of web has
// no line. As many they are twenty series of other lengths and levels, whose names hold escapes of a terminal:
// history long traffic.csv
func writeHistory(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: history FORMAT FILE")
	}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	const hours, hole = 30 * 24, 200
	rng := rand.New(rand.NewPCG(1, 1))
	var noise [hours]float64
	for i := range noise {
		noise[i] = 10 * rng.Float64()
	}
	web := func(i int) int {
		level := 60 + 40*math.Sin(2*math.Pi*float64(i-8)/24) + noise[i]
		if at := start.Add(time.Duration(i) * time.Hour); at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			level *= 0.6
		}
		return int(level)
	}
	var out strings.Builder
	each := func(line func(i int, at time.Time)) {
		for i := range hours {
			if i != hole {
				line(i, start.Add(time.Duration(i)*time.Hour))
			}
		}
	}
	const clock = "2006-01-02 15:04"
	switch args[0] {
	case "csv":
		out.WriteString("time,requests\n")
		each(func(i int, at time.Time) { fmt.Fprintf(&out, "%s,%d\n", at.Format(clock), web(i)) })
	case "absurd": // csv with two values that no count can be
		out.WriteString("time,requests\n")
		each(func(i int, at time.Time) {
			value := map[int]string{1: "-4", 2: "1e300"}[i]
			if value == "" {
				value = strconv.Itoa(web(i))
			}
			fmt.Fprintf(&out, "%s,%s\n", at.Format(clock), value)
		})
	case "wide":
		out.WriteString("time,web,app\n")
		each(func(i int, at time.Time) { fmt.Fprintf(&out, "%s,%d,%d\n", at.Format(clock), web(i), 2*web(i)) })
	case "long":
		out.WriteString("series,time,value\n")
		each(func(i int, at time.Time) {
			fmt.Fprintf(&out, "web,%[1]s,%[2]d\napp,%[1]s,%[3]d\n", at.Format(clock), web(i), 2*web(i))
		})
	case "m4":
		for k, name := range []string{"web", "app"} {
			fmt.Fprintf(&out, "%q", name)
			for i := range hours {
				fmt.Fprintf(&out, ",%d", (k+1)*web(i))
			}
			out.WriteString("\n")
		}
	case "many": // m4
		for k := range 20 {
			fmt.Fprintf(&out, "S%d\x1b[2J", k)
			for i := range hours - 25*k {
				fmt.Fprintf(&out, ",%d", (k+1)*web((i+11*k)%hours))
			}
			out.WriteString("\n")
		}
	case "prometheus":
		out.WriteString(`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"served_total","job":"web"},"values":[[1772323200,"5"]`)
		total := 5
		each(func(i int, at time.Time) {
			total += web(i)
			fmt.Fprintf(&out, `,[%d,"%d"]`, at.Add(time.Hour).Unix(), total)
		})
		out.WriteString("]}]}}\n")
	case "openmetrics":
		out.WriteString("# TYPE load gauge\n")
		each(func(i int, at time.Time) { fmt.Fprintf(&out, "load %d %d\n", web(i), at.Add(time.Hour).Unix()) })
		out.WriteString("# EOF\n")
	case "log":
		each(func(i int, at time.Time) {
			for k := range web(i) {
				at := at.Add(time.Duration(k) * time.Hour / time.Duration(web(i)))
				fmt.Fprintf(&out, "192.0.2.1 - - [%s] \"GET /v1/benefits HTTP/1.1\" 200 17\n", at.Format("02/Jan/2006:15:04:05 -0700"))
			}
		})
	default:
		ts.Fatalf("no format %s", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(out.String()), 0o600))
}
