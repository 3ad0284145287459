package sut_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/traffic"
)

const seed = 20230101

func start(t *testing.T, c sut.Config) *sut.Service {
	t.Helper()
	c.Seed = seed
	s, err := sut.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// requests is the traffic that belongs to a service of this size.
func requests(t testing.TB, people int) *traffic.Traffic {
	t.Helper()
	p, err := population.New(seed, people)
	if err != nil {
		t.Fatal(err)
	}
	book, err := rules.Open()
	if err != nil {
		t.Fatal(err)
	}
	tr, err := traffic.New(p, book, traffic.NewKeys(seed), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// send sends a request as a driver would and returns status, header and body.
func send(base string, r scenarios.Request) (int, http.Header, []byte, error) {
	return sendBy(http.DefaultClient, base, r)
}

func sendBy(client *http.Client, base string, r scenarios.Request) (int, http.Header, []byte, error) {
	req, err := http.NewRequest(r.Method, base+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return 0, nil, nil, err
	}
	for _, h := range r.Header {
		req.Header.Set(h.Name, h.Value)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, body, err
}
