package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
)

// An answer is what the built-in server writes for a request, head and body.
type answer struct {
	bytes []byte
	last  bool // the connection is closed after it, as its head says
}

// mixed are a thousand answers from 0.2 to 16 KB, their logarithm spread evenly, every second chunked, every hundredth the
// last of its connection. The same seed gives the same bytes.
func mixed(seed uint64) []answer {
	const n, least, most = 1000, 200, 16 << 10
	r := rand.New(rand.NewPCG(seed, 0))
	all := make([]answer, n)
	for i := range all {
		size := int(least * math.Exp(float64(i)/(n-1)*math.Log(float64(most)/least)))
		all[i] = newAnswer(size, i%2 == 0, i%100 == 99)
	}
	r.Shuffle(n, func(i, k int) { all[i], all[k] = all[k], all[i] })
	return all
}

func newAnswer(size int, chunked, last bool) answer {
	body := `{"rows":"` + strings.Repeat("0123456789abcdef", size/16+1)[:size-len(`{"rows":""}`)] + `"}`
	var b strings.Builder
	b.WriteString("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
	if last {
		b.WriteString("Connection: close\r\n")
	}
	if !chunked {
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
		return answer{[]byte(b.String()), last}
	}
	b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
	for len(body) > 0 {
		n := min(len(body), 2048) // as a handler's buffer would cut it
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	b.WriteString("0\r\n\r\n")
	return answer{[]byte(b.String()), last}
}

// serve answers GET requests on a free port of loopback until the process is killed; the address is written to w first.
// It looks for the end of the head and for nothing else, unlike net/http, so that it is not full long before the generator.
func serve(w io.Writer, answers []answer) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w, l.Addr()); err != nil {
		return err
	}
	var next atomic.Uint64
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go converse(conn, answers, &next)
	}
}

func converse(conn net.Conn, answers []answer, next *atomic.Uint64) {
	defer conn.Close()
	in, stepAnswer := bufio.NewReader(conn), newStep()
	for {
		step := false
		for { // one head
			line, err := in.ReadSlice('\n')
			if err != nil {
				return
			}
			if len(line) <= 2 {
				break
			}
			step = step || bytes.HasPrefix(line, []byte("GET "+stepPath))
		}
		a := answers[next.Add(1)%uint64(len(answers))]
		if step {
			a = stepAnswer
		}
		if _, err := conn.Write(a.bytes); err != nil || a.last {
			return
		}
	}
}
