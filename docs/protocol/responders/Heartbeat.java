// Heartbeats (ZHB1) for JeroMQ: call answer() from the loop that does the work.
// Run: java -cp /usr/share/java/jeromq.jar Heartbeat.java 'tcp://*:5556'
import java.util.ArrayList;
import java.util.Arrays;
import java.util.UUID;
import org.zeromq.ZMQ;

class Heartbeat {
    static final String INSTANCE = UUID.randomUUID().toString();
    static final long STARTED = System.currentTimeMillis() / 1000;

    // Makes a request its reply; false for what is no heartbeat request.
    static boolean answer(ArrayList<byte[]> frames, String status, String numbers) {
        int id = 0;
        while (id < frames.size() && !Arrays.equals(frames.get(id), "ZHB1".getBytes())) id++;
        if (id + 1 >= frames.size()) return false; // the token
        String service = id + 2 < frames.size() ? new String(frames.remove(id + 2)) : "";
        frames.add((service.isEmpty() || service.equals("echo") ? status : "UNKNOWN").getBytes());
        frames.add(INSTANCE.getBytes());
        return frames.add(("{\"start_time\": " + STARTED + ", \"version\": \"1.0\", " + numbers + "}").getBytes());
    }

    public static void main(String[] args) {
        ZMQ.Socket socket = ZMQ.context(1).socket(ZMQ.ROUTER);
        socket.bind(args[0]);
        while (true) {
            ArrayList<byte[]> frames = new ArrayList<>();
            do frames.add(socket.recv(0)); while (socket.hasReceiveMore());
            if (!answer(frames, "SERVING", "\"queue_depth\": 0")) continue;
            for (int i = 0; i < frames.size(); i++) socket.send(frames.get(i), i + 1 < frames.size() ? ZMQ.SNDMORE : 0);
        }
    }
}
