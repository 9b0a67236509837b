// Heartbeats (ZHB1) for the zmq crate: call answer() from the loop that does the work.
// Run: cargo add zmq && cargo run -- 'tcp://*:5556'
use std::time::{SystemTime, UNIX_EPOCH};

// Makes a request its reply; false for what is no heartbeat request.
fn answer(frames: &mut Vec<Vec<u8>>, status: &str, instance: &str, details: &str) -> bool {
    let Some(id) = frames.iter().position(|frame| frame == b"ZHB1") else { return false };
    if id + 1 >= frames.len() {
        return false; // the token
    }
    let known = frames.get(id + 2).map_or(true, |service| service.is_empty() || service == b"echo");
    frames.truncate(id + 2);
    let status = if known { status } else { "UNKNOWN" };
    frames.extend([status, instance, details].map(|text| text.as_bytes().to_vec()));
    true
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let started = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let instance = format!("{}-{}", started.as_nanos(), std::process::id());
    let details = format!(r#"{{"start_time": {}, "version": "1.0", "queue_depth": 0}}"#, started.as_secs());
    let socket = zmq::Context::new().socket(zmq::ROUTER)?;
    socket.bind(&std::env::args().nth(1).expect("an endpoint"))?;
    loop {
        let mut frames = socket.recv_multipart(0)?;
        if answer(&mut frames, "SERVING", &instance, &details) {
            socket.send_multipart(frames, 0)?;
        }
    }
}
