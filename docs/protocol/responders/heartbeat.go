// Heartbeats (ZHB1) for pebbe/zmq4: call answer from the loop that does the work.
// Run: go mod init heartbeat && go get github.com/pebbe/zmq4 && go run heartbeat.go 'tcp://*:5556'
package main

import (
	"fmt"
	"os"
	"time"

	zmq "github.com/pebbe/zmq4"
)

// Makes a request its reply; false for what is no heartbeat request.
func answer(frames []string, status, instance, details string) ([]string, bool) {
	id := 0
	for id < len(frames) && frames[id] != "ZHB1" {
		id++
	}
	if id+1 >= len(frames) { // no request, or one without a token
		return nil, false
	}
	if id+2 < len(frames) && frames[id+2] != "" && frames[id+2] != "echo" {
		status = "UNKNOWN"
	}
	return append(frames[:id+2:id+2], status, instance, details), true
}

func main() {
	started := time.Now()
	instance := fmt.Sprintf("%d-%d", started.UnixNano(), os.Getpid())
	details := fmt.Sprintf(`{"start_time": %d, "version": "1.0", "queue_depth": 0}`, started.Unix())
	socket, err := zmq.NewSocket(zmq.ROUTER)
	if err == nil {
		err = socket.Bind(os.Args[1])
	}
	for err == nil {
		var frames []string
		if frames, err = socket.RecvMessage(0); err == nil {
			if reply, ok := answer(frames, "SERVING", instance, details); ok {
				_, err = socket.SendMessage(reply)
			}
		}
	}
	panic(err)
}
