// Package journey takes people through the journeys of a scenario: it makes their requests, judges the answers and keeps
// what later steps need.
//
//  1. [scenarios.Parse] reads journeys, templates, checks and extractions, and names every fault in them by line and column.
//  2. [Compile] reads the files of feeders and the environment, and makes a [Program]: templates in pieces, steps in a row,
//     branches as jumps.
//  3. [Program.Setup] gives a session that is taken to its end before the first arrival.
//  4. For each arrival [Program.Begin] gives a session, or nil for an operation that is the same request every time, which
//     [Program.At] makes.
//  5. A session is asked for a Request, shown the Answer, and told to go on by Next, until nothing more comes.
//
// The grammars stand where the scenario is read: [scenarios.Piece] for templates, [scenarios.Check] for checks,
// [scenarios.Pick] for extractions.
//
// # What a session does
//
// Checks are judged in their order, then the extractions are made; one that finds nothing is a failed check named
// "extract token". An answer that is not 2xx is judged only where a check looks at the status; else it is for the engine to
// count, and nothing is taken from it. A session ends at the first step whose last answer was not as it should be: what
// comes after it would ask with what it did not get.
//
// JSON is looked into where the body is an object or a list from its first byte to its last. null extracts as no value.
// A value in a path is percent-escaped, unless its piece is raw; one in a header or a raw path that would break the
// request, such as a line break, is the error of Request. In a body values stand as they are.
//
// Cookies, where the scenario asks for them, are kept by name for the session, whatever their path and domain. They go when
// a Max-Age of 0 or less, or an Expires in 1970, takes them back: there is no clock here.
//
// A journey with a pace is begun by a user at most once in that time. Next gets the time since the journey began, and
// returns with more false the pause until the user may begin again: what is left of the pace, or the pauses after the last
// request where they are longer.
//
// # Feeders
//
// A .csv file has a header line and rows of as many fields (RFC 4180); a .jsonl file has one object a line, whose numbers
// stay as they are written. Only the columns that templates use are kept, as one run of bytes. The row of a session is a
// function of its arrival number alone: that number modulo the rows, or with random a draw, or with unique the row of that
// number, which [Program.Check] refuses beforehand where the rows are too few.
//
// # Why everything is a function of the arrival number
//
// Rows, random values, branches and pauses are drawn from the seed, the number of the arrival and the place in the program,
// never from the draw before. One core or eight, in whatever order sessions run, send the same requests, and a session
// holds no generator: it is 80 bytes and its values, packed. A shared queue of rows, or a generator a user, would give every
// run another plan.
package journey
