/* One thing done at a time: busy meanwhile, its error shown until the next. act() is true when it went well. */
import { useState } from './ui.js';

export function useAct() {
  const [state, setState] = useState({ busy: false });
  const act = async (what) => {
    setState({ busy: true });
    try {
      await what();
      setState({ busy: false });
      return true;
    } catch (error) {
      setState({ busy: false, error });
      return false;
    }
  };
  return { ...state, act };
}
