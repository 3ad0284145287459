package gateway

import (
	"cmp"
	"encoding"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/peakday/peakday/sut/admission"
)

// isScalar says whether a value is written as one word.
func isScalar(v reflect.Value) bool {
	if _, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return true
	}
	switch v.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice:
		return false
	case reflect.Pointer:
		return v.Type() == reflect.TypeFor[*url.URL]()
	}
	return true
}

func (d *document) readScalar(n ast.Node, v reflect.Value, path string) {
	text, ok := scalar(n)
	want := setScalar(v, text)
	if !ok {
		want = cmp.Or(want, "text")
	}
	if want != "" {
		d.fault(where(n), path, "found %s, want %s", describe(n), want)
	}
}

// scalar is the text of one word.
func scalar(n ast.Node) (text string, ok bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// aTime is what is wanted where a time stands.
const aTime = "a time with its zone such as 2026-11-20T00:00:00+08:00"

// setScalar reads text into v; want, if not empty, says what would have been
// right.
func setScalar(v reflect.Value, text string) (want string) {
	switch p := v.Addr().Interface().(type) {
	case *time.Duration:
		value, err := time.ParseDuration(text)
		if err != nil {
			return "a duration such as 800ms or 3s"
		}
		if value < 0 {
			return "a duration that is not below 0s, such as 800ms or 3s"
		}
		*p = value
		return ""
	case *admission.Class:
		for c := range admission.Class(admission.Classes) {
			if c.String() == text {
				*p = c
				return ""
			}
		}
		return "a class, P0 to P3"
	case **url.URL:
		u, err := url.Parse(text)
		if err != nil || u.Host == "" {
			return "a URL such as http://127.0.0.1:8080"
		}
		*p = u
		return ""
	case *netip.Prefix:
		value, err := netip.ParsePrefix(text)
		if err != nil {
			return "a network such as 10.0.0.0/8 or 2001:db8::/32"
		}
		*p = value
		return ""
	case *time.Time:
		value, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return aTime
		}
		*p = value
		return ""
	case encoding.TextUnmarshaler:
		if err := p.UnmarshalText([]byte(text)); err != nil {
			return err.Error()
		}
		return ""
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return ""
	case reflect.Bool:
		value, err := strconv.ParseBool(text)
		v.SetBool(value)
		if err != nil {
			return "true or false"
		}
	case reflect.Float64:
		value, err := strconv.ParseFloat(text, 64)
		if err != nil || !(value >= 0 && value <= 1e9) {
			return "a number such as 0.5"
		}
		v.SetFloat(value)
	case reflect.Int, reflect.Uint32:
		value, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			if _, err := strconv.Atoi(text); err == nil {
				return fmt.Sprintf("a whole number from 0 to %d", math.MaxInt32)
			}
			return "a whole number such as 24"
		}
		if v.CanInt() {
			v.SetInt(int64(value))
		} else {
			v.SetUint(value)
		}
	default:
		panic("gateway: no way to read a " + v.Type().String())
	}
	return ""
}
