//go:build !race

package population

const raceDetector = false // whether times are worth a judgement
