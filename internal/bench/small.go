package main

import (
	"fmt"
	"strings"
)

// path is what every tool asks for. Both servers answer any path, and those under stepPath as a step of a journey wants it.
const (
	path     = "/small.json"
	stepPath = "/step"
	stepCSRF = "0123456789abcdef"
)

// small is the answer of a small place, the same from nginx and from the built-in server.
const small = `{"id":"A0012","quantity":1,"items":[1,2,3],"total":"128.50","currency":"CNY","status":"accepted","at":"2023-01-01T09:00:00+08:00"}`

// stepBody is 1 KB of JSON. What a step extracts stands at its end, as the total under a list would.
func stepBody() string {
	return `{"items":[` + strings.Repeat(`{"id":"a1b2c3","state":"open","amount":12345},`, 20) + `{}],"data":{"user":"x","token":"0123456789abcdef0123456789abcdef"}}`
}

func newSmall() answer { return jsonAnswer("", small) }

func newStep() answer { return jsonAnswer("X-CSRF: "+stepCSRF+"\r\n", stepBody()) }

func jsonAnswer(header, body string) answer {
	return answer{bytes: fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s", header, len(body), body)}
}
