package server

import "fmt"

// superuser is the first user of a server that is started here.
const superuser = "peakday"

// settings are postgres's flags, for a server that may use memory bytes; 0 means all of the machine. The first three
// are PostgreSQL's own defaults, said aloud because all that is measured stands on them.
func settings(memory int64) []string {
	buffers := int64(256 << 20)
	if memory > 0 {
		buffers = min(buffers, memory/4) // the share that PostgreSQL's manual begins with
	}
	var flags []string
	for _, setting := range []string{
		"fsync=on",
		"full_page_writes=on",
		"synchronous_commit=on",
		fmt.Sprintf("shared_buffers=%dkB", buffers>>10),
		"max_connections=200",
		"jit=off",
		"timezone=UTC",
		"log_timezone=UTC",
	} {
		flags = append(flags, "-c", setting)
	}
	return flags
}
