package httpapi_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/population"
)

// Before each of the requests by which every operation is served, the same one comes with a stranger's identity number, and
// with their name, in the place of every text in it: where it could do the most. Whether it is taken or refused, nobody
// who reads the database, its log or a refusal finds them there.
func TestNoTextOfARequestIsKeptInClear(t *testing.T) {
	v := newTown(t)
	others, err := population.New(2, 1000)
	fatal(t, err)
	i := 0
	for len([]rune(others.Person(i).Name)) < 3 { // two characters stand in any Chinese text
		i++
	}
	planted := []string{others.Person(i).IDNumber, others.Person(i).Name}
	sent, taken := 0, make(map[string]int)
	v.before = func(who, method, path, media, text, prefer string) {
		for _, private := range planted {
			for _, bad := range slices.Concat(spoiledPaths(path, private), []string{path}) {
				texts := []string{text}
				if bad == path {
					texts = spoiledTexts(media, text, private)
				}
				for _, text := range texts {
					text = numbered.ReplaceAllString(text, fmt.Sprintf(`"$1":"P%d"`, sent))
					text = strings.Replace(text, ",2023-02,", ",2023-05,", 1) // a month is declared once too
					r := v.request(who, method, bad, media, text, prefer)
					w := v.do(r)
					sent++
					if w.Code < 300 {
						taken[v.contract.named(r)]++
					} else if strings.Contains(w.Body.String(), private) {
						t.Errorf("%s %s: the refusal repeats what was planted: %d %s", method, bad, w.Code, w.Body)
					}
				}
			}
		}
	}
	v.everything()
	v.sound()
	t.Logf("%d requests, of which were taken: %v", sent, taken)
	if sent < 300 || taken["feedback.create"] == 0 {
		t.Errorf("%d requests, of which were taken: %v; want 300, and the free text of feedback taken", sent, taken)
	}
	outputs := map[string][]byte{"the log": v.log.Bytes()}
	for _, name := range []string{v.db, v.db + "-wal"} {
		data, err := os.ReadFile(name)
		fatal(t, err)
		outputs[name] = data
	}
	for name, data := range outputs {
		for _, private := range planted {
			if at := bytes.Index(data, []byte(private)); at >= 0 {
				t.Errorf("%s has %q: …%q…", name, private, data[max(0, at-200):min(len(data), at+200)])
			}
		}
	}
}

var (
	jsonText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	csvCell  = regexp.MustCompile(`[^,\n]+`)
	numbered = regexp.MustCompile(`"(visit|bank_txn)":"[A-Z][0-9]"`) // what can be given once
	pathText = regexp.MustCompile(`^/v1/[a-z-]+/([^/:?]+)|[?&][a-z_]+=([^&]*)`)
)

const mostSpoiled = 20 // of a file the rest is like the first

// spoiledTexts are a body with a text in the place of each one in it, but for the identity number that belongs there.
func spoiledTexts(media, body, text string) (list []string) {
	if media == "text/csv" {
		for _, at := range csvCell.FindAllStringIndex(body, mostSpoiled) {
			list = append(list, body[:at[0]]+text+body[at[1]:])
		}
		return list
	}
	for _, at := range jsonText.FindAllStringIndex(body, mostSpoiled) {
		isKey, ofPerson := strings.HasPrefix(body[at[1]:], ":"), strings.HasSuffix(body[:at[0]], `"id_no":`)
		if !isKey && !(ofPerson && len(text) == 18) {
			list = append(list, body[:at[0]+1]+text+body[at[1]-1:])
		}
	}
	return list
}

// spoiledPaths are a path with a text in the place of the id, and of each part of the query.
func spoiledPaths(path, text string) (list []string) {
	for _, at := range pathText.FindAllStringSubmatchIndex(path, -1) {
		from, to := max(at[2], at[4]), max(at[3], at[5])
		list = append(list, path[:from]+url.QueryEscape(text)+path[to:])
	}
	return list
}
