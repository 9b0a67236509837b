"""Pushes one job to a PULL. Usage: push_job.py ENDPOINT JOB"""
import sys
import threading

import zmq

socket = zmq.Context().socket(zmq.PUSH)
socket.connect(sys.argv[1])
socket.send(sys.argv[2].encode())
threading.Event().wait()
