package httpapi

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/store"
)

// parsed reads a query parameter; the zero value stands for one that is not there.
func parsed[T any](query url.Values, name string, parse func(string) (T, error)) (v T, err error) {
	text := query.Get(name)
	if text == "" {
		return v, nil
	}
	if v, err = parse(text); err != nil {
		detail := err.Error()
		if agency.Personal(detail) { // it repeats the text
			detail = "it cannot be read"
		}
		return v, problem(http.StatusBadRequest, "bad-query", name+": "+detail)
	}
	return v, nil
}

// opaque is a cursor as callers see it: nothing to reckon with, good for the list it came from. The empty one stays empty.
func opaque(list, at string) string {
	if at == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(list + " " + at))
}

// cursor reads the cursor of a list from the query; none is empty.
func cursor(query url.Values, list string) (at string, err error) {
	text := query.Get("cursor")
	if text == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	at, ours := strings.CutPrefix(string(b), list+" ")
	if err != nil || !ours || !store.Text(at) {
		return "", badCursor()
	}
	return at, nil
}

func badCursor() *Problem {
	return problem(http.StatusBadRequest, "bad-query", "cursor: want next_cursor of this list's last page, as it was")
}
