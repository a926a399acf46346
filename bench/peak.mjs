/** What the machine can do at best: GFLOPS of a product of two matrices of 2048 × 2048, single precision, all cores. */
import { matmul } from "../dist/autograd/operators/matmul.js";
import { sum } from "../dist/autograd/operators/reduction.js";
import { compile } from "../dist/autograd/onnx/compile.js";
import { Session, value } from "../dist/autograd/runtime.js";
import { input } from "../dist/autograd/tensor.js";

const n = 2048;

/** The best of a few products; their sum is asked for, so that none leaves the runtime. */
export async function peakGflops(repeat = 7) {
  const [a, b] = [input("a", [n, n]), input("b", [n, n])];
  const session = await Session.open(compile({ total: sum(matmul(a, b)) }));
  const feeds = {
    a: value(new Float32Array(n * n).fill(0.5), [n, n]),
    b: value(new Float32Array(n * n).fill(0.25), [n, n]),
  };
  let best = Infinity;
  for (let i = 0; i < repeat; i++) {
    const started = performance.now();
    await session.run(feeds);
    best = Math.min(best, performance.now() - started);
  }
  await session.close();
  return (2 * n ** 3) / best / 1e6;
}
