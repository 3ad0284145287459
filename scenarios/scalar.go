package scenarios

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// The scalars of a scenario. Each returns a fresh value so that no package variable holds a map.

func text() kind[string] {
	return kind[string]{
		schema: schema{"type": "string"},
		read: func(r *reader, n ast.Node, path string) (string, bool) {
			switch n := n.(type) {
			case *ast.StringNode:
				return n.Value, true
			case *ast.LiteralNode:
				return n.Value.Value, true
			}
			return "", r.found(n, path, "text; put it in quotes")
		},
		write: func(s string) node { return prose(s) },
	}
}

// word is text that names one of the given values.
func word[T ~string](values ...T) kind[T] {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	k := text()
	return kind[T]{
		schema: schema{"type": "string", "enum": list},
		read: func(r *reader, n ast.Node, path string) (T, bool) {
			s, ok := k.read(r, n, path)
			if !ok {
				return "", false
			}
			for _, v := range values {
				if s == string(v) {
					return v, true
				}
			}
			return "", r.found(n, path, "one of "+strings.Join(list, ", "))
		},
		write: func(v T) node { return quoted(string(v)) },
	}
}

func truth() kind[bool] {
	return kind[bool]{
		schema: schema{"type": "boolean"},
		read: func(r *reader, n ast.Node, path string) (bool, bool) {
			if b, ok := n.(*ast.BoolNode); ok {
				return b.Value, true
			}
			return false, r.found(n, path, "true or false")
		},
		write: func(b bool) node { return plain(strconv.FormatBool(b)) },
	}
}

// whole is an integer from 0 to the largest given.
func whole[T int | uint64](most T) kind[T] {
	return kind[T]{
		schema: schema{"type": "integer", "minimum": 0, "maximum": most},
		read: func(r *reader, n ast.Node, path string) (T, bool) {
			if i, ok := n.(*ast.IntegerNode); ok {
				switch v := i.Value.(type) {
				case uint64:
					if v <= uint64(most) {
						return T(v), true
					}
				case int64:
					if v >= 0 && uint64(v) <= uint64(most) {
						return T(v), true
					}
				}
			}
			return 0, r.found(n, path, fmt.Sprintf("a whole number from 0 to %d", most))
		},
		write: func(v T) node { return plain(strconv.FormatUint(uint64(v), 10)) },
	}
}

// number is a number from 0 to maxNumber.
func number() kind[float64] {
	return kind[float64]{
		schema: schema{"type": "number", "minimum": 0, "maximum": maxNumber},
		read: func(r *reader, n ast.Node, path string) (float64, bool) {
			value := math.NaN()
			switch n := n.(type) {
			case *ast.FloatNode:
				value = n.Value
			case *ast.IntegerNode:
				switch v := n.Value.(type) {
				case uint64:
					value = float64(v)
				case int64:
					value = float64(v)
				}
			}
			if !(value >= 0 && value <= maxNumber) {
				return 0, r.found(n, path, "a number such as 0.5, from 0 to a billion")
			}
			return value, true
		},
		write: func(v float64) node { return plain(decimal(v)) },
	}
}

func duration() kind[time.Duration] {
	return pattern(`^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`, "a duration such as 30s or 1m30s",
		time.ParseDuration, durationText)
}

// durationText is d without the zero parts that time.Duration prints: 2m, not 2m0s.
func durationText(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// clock is a calendar offset: hours and minutes, and seconds where they matter. Hours may pass 24.
func clock() kind[time.Duration] {
	k := pattern(`^[0-9]{2,4}:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?$`, `a time of day such as "21:00" or "21:00:30"`,
		func(s string) (time.Duration, error) {
			hours, rest, _ := strings.Cut(s, ":")
			minutes, seconds, found := strings.Cut(rest, ":")
			if !found {
				seconds = "0"
			}
			return time.ParseDuration(hours + "h" + minutes + "m" + seconds + "s")
		},
		clockText)
	k.write = func(d time.Duration) node { return quoted(clockText(d)) } // bare, an older YAML takes 21:00 for base 60
	return k
}

func clockText(d time.Duration) string {
	s := fmt.Sprintf("%02d:%02d", d/time.Hour, d%time.Hour/time.Minute)
	if rest := d % time.Minute; rest != 0 {
		s += fmt.Sprintf(":%02d", rest/time.Second)
		if rest %= time.Second; rest != 0 {
			s += strings.TrimRight(fmt.Sprintf(".%09d", rest), "0")
		}
	}
	return s
}

// rate is arrivals per second, or a multiple of the base rate.
func rate() kind[Rate] {
	return pattern(`^[0-9]+(\.[0-9]+)?(/s|x)$`, "a rate such as 5/s, or a multiple of the base rate such as 300x",
		func(s string) (rate Rate, err error) {
			digits, times := strings.CutSuffix(s, "x")
			rate.Times = times
			rate.Value, err = strconv.ParseFloat(strings.TrimSuffix(digits, "/s"), 64)
			return rate, err
		},
		Rate.String)
}

func perSecond() kind[float64] {
	return pattern(`^[0-9]+(\.[0-9]+)?/s$`, "a rate such as 5/s",
		func(s string) (float64, error) { return strconv.ParseFloat(strings.TrimSuffix(s, "/s"), 64) },
		func(v float64) string { return decimal(v) + "/s" })
}

func budget() kind[Budget] {
	k := text()
	return kind[Budget]{
		schema: schema{"type": "string", "pattern": "(<=|>=)"},
		read: func(r *reader, n ast.Node, path string) (Budget, bool) {
			s, ok := k.read(r, n, path)
			if !ok {
				return Budget{}, false
			}
			b, err := ParseBudget(s)
			if err != nil {
				return b, r.fault(n, path, "%s", err)
			}
			return b, true
		},
		write: func(b Budget) node { return quoted(b.Text) },
	}
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
