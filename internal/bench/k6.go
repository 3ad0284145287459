package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
)

// k6 is spared what it could be spared: bodies are thrown away, nothing is checked but what it counts itself
// (http_req_failed), and no point of data leaves the process.
const k6Script = `import http from 'k6/http';
export const options = {
	discardResponseBodies: true,
	summaryTrendStats: ['p(50)', 'p(99)', 'p(99.9)'],
	scenarios: { load: JSON.parse(__ENV.LOAD) },
};
export default function () { http.get(__ENV.URL); }
export function handleSummary(data) { return { stdout: JSON.stringify(data) }; }
`

func askK6(program string, j job) (command, error) {
	script := filepath.Join(j.Dir, "load.js")
	if err := os.WriteFile(script, []byte(k6Script), 0o644); err != nil {
		return command{}, err
	}
	load := map[string]any{"executor": "constant-vus", "vus": j.Connections, "duration": j.For.String()}
	if j.Rate != 0 {
		load = map[string]any{"executor": "constant-arrival-rate", "rate": j.Rate, "timeUnit": "1s", "duration": j.For.String(),
			"preAllocatedVUs": j.Connections, "maxVUs": 8 * j.Connections}
	}
	text, err := json.Marshal(load)
	return command{
		Args: []string{program, "run", "--quiet", "--no-usage-report", script},
		Env:  []string{"LOAD=" + string(text), "URL=" + j.URL + path},
	}, err
}

func readK6(_ context.Context, _ string, _ job, stdout []byte) (Said, error) {
	s := Said{Latency: unsaid, Lateness: unsaid}
	var summary struct {
		Metrics map[string]struct{ Values map[string]float64 }
	}
	if err := json.Unmarshal(stdout, &summary); err != nil {
		return s, fmt.Errorf("the summary of k6: %w", err)
	}
	requests, ok := summary.Metrics["http_reqs"]
	if !ok {
		return s, fmt.Errorf("the summary of k6 has no http_reqs")
	}
	s.Requests = int64(requests.Values["count"])
	s.Failed = int64(summary.Metrics["http_req_failed"].Values["passes"]) // of the test "has it failed"
	s.Missed = int64(summary.Metrics["dropped_iterations"].Values["count"])
	took := summary.Metrics["http_req_duration"].Values
	milliseconds := func(key string) float64 {
		if v, ok := took[key]; ok {
			return v / 1e3
		}
		return math.NaN()
	}
	s.Latency = Quantiles{milliseconds("p(50)"), milliseconds("p(99)"), milliseconds("p(99.9)")}
	return s, nil
}
