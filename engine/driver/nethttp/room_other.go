//go:build !linux

package nethttp

func makeRoom(int) {}
