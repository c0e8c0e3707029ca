export default {
  app: {
    pages: 'Páginas', skip: 'Ir al contenido', language: 'Idioma', signOut: 'Cerrar sesión',
    refused: 'El código de acceso ya no es válido. Vuelva a entrar; lo que ya se guardó no se ha perdido.',
    role: { planner: 'Planificación', client: 'Cliente', agent: 'Agente' },
  },
  signIn: {
    title: 'Entrar', token: 'Su código de acceso', hint: 'Empieza por wfm_.', form: 'wfm_ y los caracteres que siguen',
    remember: 'Mantener la sesión en este dispositivo', where: 'Los códigos los crea quien planifica:',
  },
  ui: {
    loading: 'Cargando', again: 'Reintentar', close: 'Cerrar', asTable: 'Como tabla', request: 'Solicitud {id}', showAll: 'Mostrar los {n}',
    noAnswer: 'El servicio no responde. ¿Está en marcha y hay conexión? Nada de lo guardado se ha perdido.',
  },
};
